using System.Globalization;
using TResNet.Layers;
using TResNet.Profiling;
using TResNet.Profiling.Counting;

namespace TResNet.Tests.Profiling;

/// <summary>
/// Builds and counts every network once, and holds to it what is written down: the table of constants, and the public implementations' numbers
/// in fixtures/networks.csv and networks_more.csv.
/// </summary>
public sealed class PublishedNumbersTests
{
    public static TheoryData<string> Networks => [.. Models.List().Select(info => info.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_counts_as_it_is_described_and_as_its_public_implementation_does(string name)
    {
        var info = Models.Describe(name).Info;
        using var skip = new SkipInit();
        using var network = Models.Create(name);

        var summary = Summarizer.Summarize(network, 3, info.InputSize, info.InputSize);

        var counted = ModelCounts.Of(summary);
        Assert.True(
            counted == ModelCounts.Constant(name),
            $"ModelCounts.cs has another line for {name}, or none. The right one:\n{Line(name, counted)}"
        );
        Assert.Equal(counted, new ModelCount(info.Parameters, info.MultiplyAdds, info.Activations));
        if (PublishedCounts.ByName.TryGetValue(name, out var published))
        {
            var side = long.Parse(published["input"], CultureInfo.InvariantCulture);
            HoldToPublished(published, side == info.InputSize ? summary : Summarizer.Summarize(network, 3, side, side));
        }
    }

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_l")]
    [InlineData("tresnet_xl")]
    [InlineData("tresnet_v2_l")]
    public void The_four_TResNets_are_among_the_published(string name) =>
        Assert.Contains(name, PublishedCounts.Compared());

    [Fact]
    public void A_known_network_at_another_size_is_counted_at_that_size()
    {
        var info = Models.Describe("tresnet_nano").Info;
        var larger = info with { InputSize = 2 * info.InputSize };

        Assert.Equal(info.Parameters, larger.Parameters);
        Assert.InRange(larger.MultiplyAdds / (double)info.MultiplyAdds, 3.5, 4);
    }

    [Fact]
    public void An_unknown_network_has_no_counts()
    {
        var mine = Models.Describe("tresnet_nano").Info with { Name = "mine" };

        Assert.StartsWith(
            "There is no model 'mine': did you mean",
            Assert.Throws<TResNetException>(() => mine.Parameters).Message,
            StringComparison.Ordinal
        );
    }

    private static void HoldToPublished(IReadOnlyDictionary<string, string> published, ModelSummary summary)
    {
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

    private static string Line(string name, ModelCount count) =>
        $"[\"{name}\"] = new({Grouped(count.Parameters)}, {Grouped(count.MultiplyAdds)}, {Grouped(count.Activations)}),";

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '_');
}
