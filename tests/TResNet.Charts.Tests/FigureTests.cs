using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tests;
using TResNet.Charts.Svg;

namespace TResNet.Charts.Tests;

public sealed partial class FigureTests
{
    public static TheoryData<string> Names => [.. Gallery.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_is_drawn_as_svg(string name) => Snapshot.Match(Gallery.All[name].ToSvg(), "svg", name);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_is_plotlys_json(string name) =>
        Snapshot.Match(Pretty(Gallery.All[name].ToJson()), "json", name);

    /// <summary>Indented, but that a row of numbers takes one line.</summary>
    private static string Pretty(string json) =>
        Numbers().Replace(JsonNode.Parse(json)!.ToString(), row => Space().Replace(row.Value, "").Replace(",", ", "));

    [GeneratedRegex(@"\[[-+.,eE\d\s]+\]")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
