using Tests;
using TResNet.Charts.Svg;

namespace TResNet.Charts.Tests;

public sealed class FigureTests
{
    public static TheoryData<string> Names => [.. Gallery.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_is_drawn_as_svg(string name) => Snapshot.Match(Gallery.All[name].ToSvg(), "svg", name);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_is_plotlys_json(string name) =>
        Snapshot.Match(Pretty(Gallery.All[name].ToJson()), "json", name);

    private static string Pretty(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!.ToString();
}
