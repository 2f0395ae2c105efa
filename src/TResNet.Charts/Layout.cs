// Plotly's layout, https://plotly.com/javascript/reference/layout: the attributes that the project uses, under plotly's names.
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>Everything of a figure but its data: titles, axes, legend, margins.</summary>
public sealed record Layout : PlotlyObject
{
    internal const double UsualWidth = 760;
    internal const string UsualFont =
        "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    /// <summary>The headline, at the top left.</summary>
    public Title? Title { get; init; }

    /// <summary>The first x axis.</summary>
    public Axis? XAxis { get; init; } = new();

    /// <summary>The first y axis.</summary>
    public Axis? YAxis { get; init; } = new();

    /// <summary>The x axis of a second panel, <c>x2</c>.</summary>
    public Axis? XAxis2 { get; init; }

    /// <summary>The y axis of a second panel, <c>y2</c>.</summary>
    public Axis? YAxis2 { get; init; }

    /// <summary>The x axis of a third panel, <c>x3</c>.</summary>
    public Axis? XAxis3 { get; init; }

    /// <summary>The y axis of a third panel, <c>y3</c>.</summary>
    public Axis? YAxis3 { get; init; }

    /// <summary>Whether there is a legend; when null, where two traces have names.</summary>
    public bool? ShowLegend { get; init; }

    /// <summary>Where the legend stands in interactive charts; in static ones it is always below the title.</summary>
    public Legend? Legend { get; init; } = new();

    /// <summary>Texts at places of the figure.</summary>
    public IReadOnlyList<Annotation>? Annotations { get; init; }

    /// <summary>The part of a category's width that is left free between its bars and the next one's.</summary>
    public double? BarGap { get; init; }

    /// <summary>Pixels by which bar ends are rounded.</summary>
    public double? BarCornerRadius { get; init; }

    /// <summary>Pixels; the page's width in interactive charts and 760 in static ones when null.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; plotly's 450 when null.</summary>
    public int? Height { get; init; } = 340;

    /// <summary>Pixels around the plotting area; more where labels need it.</summary>
    public Margin? Margin { get; init; } = new();

    /// <summary>Hovering shows the traces at one x together (<c>x unified</c>), or the nearest point (<c>closest</c>).</summary>
    public string? HoverMode { get; init; }

    /// <summary>The font of everything.</summary>
    public Font? Font { get; init; } =
        new()
        {
            Family = UsualFont,
            Size = 12,
            Color = Palette.Text,
        };

    /// <summary>The colours of traces that name none.</summary>
    public IReadOnlyList<string>? Colorway { get; init; } = Palette.Series;

    /// <summary>The tools of interactive charts, without a box around them.</summary>
    public ModeBar? ModeBar { get; init; } = new();

    /// <summary>The background around the plots.</summary>
    [JsonPropertyName("paper_bgcolor")]
    public string? PaperBackground { get; init; } = Palette.None;

    /// <summary>The background of the plots.</summary>
    [JsonPropertyName("plot_bgcolor")]
    public string? PlotBackground { get; init; } = Palette.None;
}

/// <summary>A headline, or an axis's title.</summary>
public sealed record Title : PlotlyObject
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>A second, quieter line. Headlines only.</summary>
    public Title? Subtitle { get; init; }

    /// <summary>The font.</summary>
    public Font? Font { get; init; }

    /// <summary>Pixels between an axis's labels and its title.</summary>
    public double? Standoff { get; init; }

    /// <summary>From 0 (left) to 1. Headlines only, as all that follows.</summary>
    public double? X { get; init; }

    /// <summary>From 0 (bottom) to 1.</summary>
    public double? Y { get; init; }

    /// <summary>What <see cref="X"/> is a part of: <c>container</c> or <c>paper</c> (the plotting area).</summary>
    public string? XRef { get; init; }

    /// <summary>Which side of the text stands at <see cref="X"/>.</summary>
    public string? XAnchor { get; init; }

    /// <summary>Which side of the text stands at <see cref="Y"/>.</summary>
    public string? YAnchor { get; init; }

    /// <summary>Pixels around the headline.</summary>
    public Padding? Pad { get; init; }

    /// <summary>An axis's title.</summary>
    public static implicit operator Title(string text) => new() { Text = text, Standoff = 10 };

    /// <summary>A figure's headline as this project sets it: at the top left, the subtitle below.</summary>
    /// <param name="text">The headline.</param>
    /// <param name="subtitle">The quieter second line.</param>
    public static Title Headline(string text, string? subtitle = null)
    {
        var (shown, size) = Fitted(text);
        return new Title
        {
            Text = shown,
            Subtitle = subtitle is null
                ? null
                : new Title
                {
                    Text = subtitle,
                    Font = new Font { Size = 12 },
                },
            Font = new Font { Size = size, Weight = 600 },
            X = 0,
            XRef = "paper",
            XAnchor = "left",
            Y = 1,
            YAnchor = "top",
            Pad = new Padding { T = 12 },
        };
    }

    // The longest name of a network takes smaller letters, and what is too long for those ends in dots.
    private static (string Text, double Size) Fitted(string text)
    {
        const double Usual = 15;
        const double Least = 11;
        const double Room = 640;
        double WidthOf(string shown) => TextMetrics.Width(shown, 1, bold: true);
        var size = Math.Floor(2 * Math.Clamp(Room / WidthOf(text), Least, Usual)) / 2;
        var length = text.Length;
        while (length > 1 && WidthOf(text[..length]) * size > Room)
        {
            length--;
        }

        return (length == text.Length ? text : text[..(length - 1)] + "…", size);
    }
}

/// <summary>An axis of one panel.</summary>
public sealed record Axis : PlotlyObject
{
    /// <summary>The title beside or below the labels.</summary>
    public Title? Title { get; init; }

    /// <summary>Numbers, logarithms or categories; follows the data when null.</summary>
    public AxisType? Type { get; init; }

    /// <summary>The two ends; fits the data when null. On a log axis, the exponents of ten.</summary>
    public IReadOnlyList<double>? Range { get; init; }

    /// <summary><c>reversed</c> puts the first value or category at the top or right.</summary>
    public string? AutoRange { get; init; }

    /// <summary><c>tozero</c> takes zero into the range.</summary>
    public string? RangeMode { get; init; }

    /// <summary>The part of the plotting area that it spans, two numbers from 0 to 1; all of it when null.</summary>
    public IReadOnlyList<double>? Domain { get; init; }

    /// <summary>The axis it stands on: <c>y2</c> for <c>x2</c>.</summary>
    public string? Anchor { get; init; }

    /// <summary>The format of labels in d3's notation (<c>.0%</c>, <c>~s</c>, <c>,d</c>); by the step when null.</summary>
    public string? TickFormat { get; init; }

    /// <summary>Text after each label.</summary>
    public string? TickSuffix { get; init; }

    /// <summary>The places of labels; round numbers when null.</summary>
    public IReadOnlyList<double>? TickVals { get; init; }

    /// <summary>The step between labels; a round number when null.</summary>
    public double? DTick { get; init; }

    /// <summary>At most so many labels; by the length when null.</summary>
    public int? NTicks { get; init; }

    /// <summary>Whether lines cross the panel at the labels; true when null.</summary>
    public bool? ShowGrid { get; init; }

    /// <summary>Whether there are labels; true when null.</summary>
    public bool? ShowTickLabels { get; init; }

    /// <summary>Logarithms with few labels: as many of the multiples of powers of ten as there is room for, the same in each power.</summary>
    /// <param name="title">What is along it.</param>
    /// <param name="range">The exponents of ten at both ends.</param>
    public static Axis OfLogarithms(string title, IReadOnlyList<double> range)
    {
        const int most = 8;
        double[][] densest =
        [
            [1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, 2, 3, 5, 7],
            [1, 2, 5],
            [1],
        ];
        var first = (int)Math.Floor(range[0]);
        var powers = Enumerable.Range(first, (int)Math.Ceiling(range[1]) - first + 1).ToArray();
        var labels = densest.Select(steps =>
            powers
                .SelectMany(power => steps.Select(step => step * Math.Pow(10, power)))
                .Where(value => Math.Log10(value) >= range[0] && Math.Log10(value) <= range[1])
                .ToArray()
        );
        return new()
        {
            Title = title,
            Type = AxisType.Log,
            Range = range,
            TickVals = labels.FirstOrDefault(values => values.Length <= most),
        };
    }

    /// <summary>Names along the axis, without lines across the panel.</summary>
    /// <param name="reversed">Whether the first name stands at the top or right.</param>
    public static Axis OfNames(bool reversed = false) =>
        new()
        {
            Type = AxisType.Category,
            ShowGrid = false,
            AutoRange = reversed ? "reversed" : null,
        };

    /// <summary>The axis whose unit has the same length on screen, for square cells: <c>x</c>.</summary>
    public string? ScaleAnchor { get; init; }

    /// <summary>With <see cref="ScaleAnchor"/>: <c>domain</c> shrinks the panel rather than widening the range.</summary>
    public string? Constrain { get; init; }

    /// <summary>Where the labels stand: <c>top</c> or <c>bottom</c>; bottom or left when null.</summary>
    public string? Side { get; init; }

    /// <summary>The colour of grid lines.</summary>
    public string? GridColor { get; init; } = Palette.Grid;

    /// <summary>Whether the line at zero stands out.</summary>
    public bool? ZeroLine { get; init; } = false;

    /// <summary>Marks outside the axis at its labels; none.</summary>
    public string? Ticks { get; init; } = "";

    /// <summary>Whether long labels widen the margin.</summary>
    public bool? AutoMargin { get; init; } = true;
}

/// <summary>The legend's place in interactive charts: a row between title and plot.</summary>
public sealed record Legend : PlotlyObject
{
    /// <summary>A row (<c>h</c>) or a column (<c>v</c>).</summary>
    public string? Orientation { get; init; } = "h";

    /// <summary>From 0 (left) to 1.</summary>
    public double? X { get; init; } = 0;

    /// <summary>From 0 (bottom) to 1, and beyond.</summary>
    public double? Y { get; init; } = 1.02;

    /// <summary>Which side of the legend stands at <see cref="X"/>.</summary>
    public string? XAnchor { get; init; } = "left";

    /// <summary>Which side of the legend stands at <see cref="Y"/>.</summary>
    public string? YAnchor { get; init; } = "bottom";

    /// <summary><c>constant</c> draws all marks alike, where those of the chart differ in size.</summary>
    public string? ItemSizing { get; init; }
}

/// <summary>The colours of an interactive chart's tools.</summary>
public sealed record ModeBar : PlotlyObject
{
    /// <summary>The background.</summary>
    public string? BgColor { get; init; } = Palette.None;

    /// <summary>The symbols.</summary>
    public string? Color { get; init; } = Palette.Text;

    /// <summary>The symbol of the tool in use.</summary>
    public string? ActiveColor { get; init; } = Palette.Series[0];
}

/// <summary>A text at a place of the figure.</summary>
public sealed record Annotation : PlotlyObject
{
    /// <summary>The text; <c>&lt;br&gt;</c> breaks the line, <c>&lt;b&gt;</c> is bold.</summary>
    public required string Text { get; init; }

    /// <summary>The place along <see cref="XRef"/>.</summary>
    public double? X { get; init; } = 0;

    /// <summary>The place along <see cref="YRef"/>.</summary>
    public double? Y { get; init; } = 0;

    /// <summary>An axis (<c>x</c>, <c>x2</c>), one's span (<c>x2 domain</c>) or <c>paper</c>, where 0 to 1 is the plotting area.</summary>
    public string? XRef { get; init; } = "paper";

    /// <summary>As <see cref="XRef"/>, for y.</summary>
    public string? YRef { get; init; } = "paper";

    /// <summary>Which side of the text stands at <see cref="X"/>: <c>left</c>, <c>center</c> or <c>right</c>.</summary>
    public string? XAnchor { get; init; } = "center";

    /// <summary>Which side of the text stands at <see cref="Y"/>: <c>top</c>, <c>middle</c> or <c>bottom</c>.</summary>
    public string? YAnchor { get; init; } = "middle";

    /// <summary>Pixels to the right of <see cref="X"/>.</summary>
    public double? XShift { get; init; }

    /// <summary>Pixels above <see cref="Y"/>.</summary>
    public double? YShift { get; init; }

    /// <summary>Whether an arrow points from the text to its place.</summary>
    public bool? ShowArrow { get; init; } = false;

    /// <summary>The font.</summary>
    public Font? Font { get; init; }

    /// <summary>The title of a panel, above its top left corner.</summary>
    /// <param name="text">The text.</param>
    /// <param name="panel">1 for axes x and y, 2 for x2 and y2, ...</param>
    public static Annotation PanelTitle(string text, int panel)
    {
        var number = panel == 1 ? "" : panel.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Annotation
        {
            Text = text,
            X = 0,
            Y = 1,
            XRef = $"x{number} domain",
            YRef = $"y{number} domain",
            XAnchor = "left",
            YAnchor = "bottom",
            YShift = 6,
            Font = new Font { Size = 12, Weight = 600 },
        };
    }
}

/// <summary>Letters.</summary>
public sealed record Font : PlotlyObject
{
    /// <summary>A CSS font family list.</summary>
    public string? Family { get; init; }

    /// <summary>Pixels.</summary>
    public double? Size { get; init; }

    /// <summary>The colour. Static charts take the page's colour instead.</summary>
    public string? Color { get; init; }

    /// <summary>From 1 to 1000; 400 is regular, 600 half bold.</summary>
    public int? Weight { get; init; }
}

/// <summary>Pixels around something.</summary>
public sealed record Padding : PlotlyObject
{
    /// <summary>Above.</summary>
    public double? T { get; init; } = 0;
}

/// <summary>Pixels around the plotting area.</summary>
public sealed record Margin : PlotlyObject
{
    /// <summary>Left.</summary>
    public double? L { get; init; } = 52;

    /// <summary>Right.</summary>
    public double? R { get; init; } = 20;

    /// <summary>Above: title, subtitle, legend.</summary>
    public double? T { get; init; } = 72;

    /// <summary>Below: labels and the axis's title.</summary>
    public double? B { get; init; } = 48;
}

/// <summary>What an axis counts.</summary>
public enum AxisType
{
    /// <summary>Numbers.</summary>
    Linear,

    /// <summary>Logarithms of numbers.</summary>
    Log,

    /// <summary>Names.</summary>
    Category,
}
