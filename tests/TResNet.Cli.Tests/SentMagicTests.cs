using Notebook;
using Notebook.Outputs;
using Notebook.Runner;
using TResNet.Interactive;

namespace TResNet.Cli.Tests;

/// <summary>Our commands in what a cell sends to the kernel, by .NET Interactive's API.</summary>
public sealed class SentMagicTests
{
    [Fact]
    public async Task A_command_that_is_sent_shows_what_it_shows_in_a_cell_and_leaves_its_variable()
    {
        using var host = new NotebookHost([new TResNetExtension()]);
        const string Usings =
            "using Microsoft.DotNet.Interactive;\nusing Microsoft.DotNet.Interactive.Commands;\nusing Microsoft.DotNet.Interactive.Events;\n";

        var listed = await Run(
            host,
            Usings + "await Kernel.Root.SendAsync(new SubmitCode(\"#!tresnet-models tresnet*\"));"
        );
        Assert.Contains("tresnet_m ", listed);
        Assert.DoesNotContain("DNI", listed);

        await Run(
            host,
            Usings
                + "await Kernel.Root.SendAsync(new SubmitCode(\"#!tresnet-build --model tresnet_nano --set attention=eca --set stem=deep --num-classes 7\"));"
        );
        Assert.Equal("7", await Run(host, "model.NumClasses"));

        var failed = await Run(
            host,
            Usings
                + """
                var sent = await Kernel.Root.SendAsync(new SubmitCode("#!tresnet-build --model tresnet_x"));
                sent.Events.OfType<CommandFailed>().Single().Message
                """
        );
        Assert.Contains("There is no model 'tresnet_x'", failed);
        Assert.DoesNotContain("   at ", failed);
    }

    private static async Task<string> Run(NotebookHost host, string cell) =>
        string.Join('\n', await host.RunTextsAsync(cell));
}
