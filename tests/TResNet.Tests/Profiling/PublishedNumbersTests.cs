using System.Globalization;
using TResNet.Profiling;

namespace TResNet.Tests.Profiling;

/// <summary>Holds the counts to those of the public implementations in fixtures/networks.csv and networks_more.csv.</summary>
public sealed class PublishedNumbersTests
{
    public static TheoryData<string> Networks() => [.. PublishedCounts.Compared()];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_counts_as_its_public_implementation_does(string name)
    {
        var published = PublishedCounts.ByName[name];
        using var network = Models.Create(name);
        var side = long.Parse(published["input"]);

        var summary = Summarizer.Summarize(network, 3, side, side);

        Assert.Equal(published["params"], $"{summary.Parameters}");
        Assert.Equal(published["gmacs"], (summary.MultiplyAdds / 1e9).ToString("F4", CultureInfo.InvariantCulture));
        if (published.TryGetValue("macs", out var exactly))
        {
            Assert.Equal(exactly, $"{summary.MultiplyAdds}");
        }

        Assert.Equal(
            published["conv_outputs_millions"],
            (summary.Activations / 1e6).ToString("F3", CultureInfo.InvariantCulture)
        );
        Assert.Equal(published["conv2d"], $"{summary.Root.Flatten().Count(entry => entry.Row.Type == "Conv2d")}");
        var shapes = summary.Root.Flatten().ToDictionary(entry => entry.Row.Name, entry => entry.Row.OutputShape);
        foreach (var stage in published["stage_shapes"].Split(' ').Select(stage => stage.Split('=')))
        {
            Assert.Equal(stage[1], string.Join('x', shapes[stage[0]]!));
        }
    }

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_l")]
    [InlineData("tresnet_xl")]
    [InlineData("tresnet_v2_l")]
    public void The_four_TResNets_are_among_them(string name) => Assert.Contains(name, PublishedCounts.Compared());
}
