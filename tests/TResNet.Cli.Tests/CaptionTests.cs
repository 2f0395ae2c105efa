using TResNet.Compute;
using TResNet.Interactive;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Cli.Tests;

/// <summary>What a terminal says of pictures.</summary>
public sealed class CaptionTests
{
    [Fact]
    public void Below_a_headline_alone_the_captions_stand_for_the_pictures()
    {
        TorchLibrary.Load();
        using var images = zeros(2, 1, 4, 4);
        var grid = Show.Images(images, ["bar, 40.9%; it is circle\n039.jpg", "bar, 40.1%; it is square\n004.jpg"]);

        Assert.Equal(
            "Surest of what is wrong\nbar, 40.9%; it is circle  039.jpg\nbar, 40.1%; it is square  004.jpg\n",
            Printed(new View { Title = "Surest of what is wrong", Parts = [grid] })
        );
        Assert.Equal("Eight of them.\n", Printed(new View { Parts = ["Eight of them.", grid] }));
    }

    private static string Printed(View view)
    {
        using var writer = new StringWriter();
        new TerminalNotebook(new Terminal(writer, isLive: false, width: 80)).Display(view);
        return writer.ToString();
    }
}
