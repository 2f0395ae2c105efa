// Plotly's traces, https://plotly.com/javascript/reference: the attributes that the project uses, under plotly's names.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>One series of a figure.</summary>
public abstract record Trace : PlotlyObject
{
    /// <summary>Plotly's name of the kind.</summary>
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }

    /// <summary>The name in the legend and in descriptions.</summary>
    public string? Name { get; init; }

    /// <summary>Positions along x.</summary>
    public Coordinates? X { get; init; }

    /// <summary>Positions along y.</summary>
    public Coordinates? Y { get; init; }

    /// <summary>The x axis it belongs to: <c>x</c> (when null), <c>x2</c>, ...</summary>
    public string? XAxis { get; init; }

    /// <summary>The y axis it belongs to: <c>y</c> (when null), <c>y2</c>, ...</summary>
    public string? YAxis { get; init; }

    /// <summary>Whether the legend lists it; true when null.</summary>
    public bool? ShowLegend { get; init; }

    /// <summary>Traces of one group share a legend entry's click; give all but one <see cref="ShowLegend"/> false.</summary>
    public string? LegendGroup { get; init; }

    /// <summary>What hovering shows, in plotly's template language: <c>%{x}: %{y:.2f}&lt;extra&gt;&lt;/extra&gt;</c>.</summary>
    public string? HoverTemplate { get; init; }

    /// <summary>From 0 (invisible) to 1.</summary>
    public double? Opacity { get; init; }
}

/// <summary>Points, joined by lines or not.</summary>
public sealed record Scatter : Trace
{
    /// <inheritdoc/>
    public override string Type => "scatter";

    /// <summary>What is drawn; plotly's choice by the number of points when null.</summary>
    public ScatterMode? Mode { get; init; } = ScatterMode.Lines;

    /// <summary>The joining line.</summary>
    public Line? Line { get; init; }

    /// <summary>The points.</summary>
    public Marker? Marker { get; init; }

    /// <summary>The area below the line.</summary>
    public Fill? Fill { get; init; }

    /// <summary>The colour of that area.</summary>
    public string? FillColor { get; init; }

    /// <summary>A label for each point, drawn in <see cref="ScatterMode.MarkersText"/>.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>Where labels stand: <c>top center</c>, <c>middle right</c>, ...</summary>
    public ValueOrArray<string>? TextPosition { get; init; }

    /// <summary>What a point says when it is pointed at, <c>%{hovertext}</c> in templates; its label when null.</summary>
    public IReadOnlyList<string>? HoverText { get; init; }

    /// <summary>Spread along y.</summary>
    [JsonPropertyName("error_y")]
    public ErrorBars? ErrorY { get; init; }

    /// <summary>Spread along x.</summary>
    [JsonPropertyName("error_x")]
    public ErrorBars? ErrorX { get; init; }

    /// <summary>Whether marks are cut at the axes; true when null.</summary>
    public bool? ClipOnAxis { get; init; }

    internal bool HasLines =>
        Mode is ScatterMode.Lines or ScatterMode.LinesMarkers or ScatterMode.LinesText or ScatterMode.LinesMarkersText;

    internal bool HasMarkers =>
        Mode
            is ScatterMode.Markers
                or ScatterMode.LinesMarkers
                or ScatterMode.MarkersText
                or ScatterMode.LinesMarkersText;

    internal bool HasText =>
        Mode is ScatterMode.Text or ScatterMode.LinesText or ScatterMode.MarkersText or ScatterMode.LinesMarkersText;
}

/// <summary>Bars from zero.</summary>
public sealed record Bar : Trace
{
    /// <inheritdoc/>
    public override string Type => "bar";

    /// <summary>Upright when null; <see cref="Charts.Orientation.Horizontal"/> puts the categories on y.</summary>
    public Orientation? Orientation { get; init; }

    /// <summary>The bars' colour.</summary>
    public Marker? Marker { get; init; }

    /// <summary>A label for each bar.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>Where labels stand.</summary>
    public BarText? TextPosition { get; init; }

    /// <summary>Spread of upright bars.</summary>
    [JsonPropertyName("error_y")]
    public ErrorBars? ErrorY { get; init; }

    /// <summary>Spread of horizontal bars.</summary>
    [JsonPropertyName("error_x")]
    public ErrorBars? ErrorX { get; init; }

    /// <summary>Whether labels are cut at the axes; true when null.</summary>
    public bool? ClipOnAxis { get; init; }
}

/// <summary>A matrix as colours, for example a confusion matrix.</summary>
public sealed record Heatmap : Trace
{
    /// <inheritdoc/>
    public override string Type => "heatmap";

    /// <summary>Rows of values; row 0 is the first category of y.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Z { get; init; }

    /// <summary>The value of the first colour; the smallest value when null.</summary>
    public double? ZMin { get; init; }

    /// <summary>The value of the last colour; the largest value when null.</summary>
    public double? ZMax { get; init; }

    /// <summary>Colours along the scale.</summary>
    public IReadOnlyList<ColorStop>? ColorScale { get; init; } = Palette.Sequential;

    /// <summary>Whether a bar beside the map says which colour is which number; here the cells carry their numbers.</summary>
    public bool? ShowScale { get; init; } = false;

    /// <summary>The text of each cell, shown when <see cref="TextTemplate"/> is set.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Text { get; init; }

    /// <summary><c>%{text}</c> writes <see cref="Text"/> into the cells.</summary>
    public string? TextTemplate { get; init; }

    /// <summary>The font of the cells' texts in interactive charts; a text may set its own colour by a <c>span</c>.</summary>
    public Font? TextFont { get; init; }

    /// <summary>Pixels between columns.</summary>
    public double? XGap { get; init; }

    /// <summary>Pixels between rows.</summary>
    public double? YGap { get; init; }
}

/// <summary>A trace of another kind (<c>pie</c>, <c>box</c>, <c>scatter3d</c>, ...), which plotly draws; a static picture has a note in its place.</summary>
public sealed record OtherTrace : Trace
{
    /// <summary>A trace of a kind.</summary>
    /// <param name="type">Plotly's name of the kind.</param>
    public OtherTrace(string type) => Type = type;

    /// <inheritdoc/>
    public override string Type { get; }
}

/// <summary>A colour at a place of a colour scale.</summary>
/// <param name="At">From 0 to 1.</param>
/// <param name="Color"><c>#rrggbb</c> or <c>rgba(r,g,b,a)</c>.</param>
[JsonConverter(typeof(ColorStopConverter))]
public sealed record ColorStop(double At, string Color);

/// <summary>A line's look.</summary>
public sealed record Line : PlotlyObject
{
    /// <summary>The colour; the palette's when null.</summary>
    public string? Color { get; init; }

    /// <summary>Pixels; 2 when null.</summary>
    public double? Width { get; init; }

    /// <summary>The dashes; none when null.</summary>
    public Dash? Dash { get; init; }
}

/// <summary>A mark's look.</summary>
public sealed record Marker : PlotlyObject
{
    /// <summary>The colour; the palette's when null.</summary>
    public string? Color { get; init; }

    /// <summary>The diameter in pixels; 6 when null. Bars ignore it.</summary>
    public ValueOrArray<double>? Size { get; init; }

    /// <summary>From 0 (invisible) to 1, for marks that may lie upon each other; 1 when null.</summary>
    public double? Opacity { get; init; }

    /// <summary>The shape; a circle when null. Bars ignore it.</summary>
    public Symbol? Symbol { get; init; }
}

/// <summary>The spread of values, drawn as a line with ends.</summary>
public sealed record ErrorBars : PlotlyObject
{
    /// <summary>The distance upwards, in the axis's unit.</summary>
    public IReadOnlyList<double>? Array { get; init; }

    /// <summary>The distance downwards; as upwards when null.</summary>
    public IReadOnlyList<double>? ArrayMinus { get; init; }

    /// <summary><c>data</c>: the distances are given one by one.</summary>
    public string? Type { get; init; } = "data";

    /// <summary>Pixels of the line.</summary>
    public double? Thickness { get; init; } = 1.2;

    /// <summary>Half the width of the ends in pixels.</summary>
    public double? Width { get; init; } = 3;

    /// <summary>The colour.</summary>
    public string? Color { get; init; } = Palette.Text;
}

/// <summary>What a <see cref="Scatter"/> draws.</summary>
public enum ScatterMode
{
    /// <summary>A line through the points.</summary>
    Lines,

    /// <summary>The points.</summary>
    Markers,

    /// <summary>Both.</summary>
    [JsonStringEnumMemberName("lines+markers")]
    LinesMarkers,

    /// <summary>The points with their labels.</summary>
    [JsonStringEnumMemberName("markers+text")]
    MarkersText,

    /// <summary>The labels alone.</summary>
    Text,

    /// <summary>A line with labels.</summary>
    [JsonStringEnumMemberName("lines+text")]
    LinesText,

    /// <summary>All three.</summary>
    [JsonStringEnumMemberName("lines+markers+text")]
    LinesMarkersText,

    /// <summary>Nothing but what hovering shows.</summary>
    None,
}

/// <summary>Which area a line closes off.</summary>
public enum Fill
{
    /// <summary>Down to zero.</summary>
    ToZeroY,
}

/// <summary>Dashes of a line.</summary>
public enum Dash
{
    /// <summary>None.</summary>
    Solid,

    /// <summary>Dots.</summary>
    Dot,

    /// <summary>Dashes.</summary>
    Dash,
}

/// <summary>Shapes of a mark.</summary>
public enum Symbol
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square.</summary>
    Square,

    /// <summary>A square on its corner.</summary>
    Diamond,
}

/// <summary>The direction of bars.</summary>
public enum Orientation
{
    /// <summary>Upright.</summary>
    [JsonStringEnumMemberName("v")]
    Vertical,

    /// <summary>Lying.</summary>
    [JsonStringEnumMemberName("h")]
    Horizontal,
}

/// <summary>Where a bar's label stands.</summary>
public enum BarText
{
    /// <summary>Beyond the bar's end.</summary>
    Outside,

    /// <summary>In the bar.</summary>
    Inside,
}

internal sealed class ColorStopConverter : JsonConverter<ColorStop>
{
    public override ColorStop Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<JsonElement[]>(ref reader, options) is [var at, var color]
            ? new ColorStop(at.GetDouble(), color.GetString()!)
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ColorStop value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.At);
        writer.WriteStringValue(value.Color);
        writer.WriteEndArray();
    }
}
