using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Diagrams;

/// <summary>What all parts of a diagram draw alike: boxes with text in them, lines, arrows.</summary>
internal sealed class Canvas(SvgWriter svg)
{
    /// <summary>Text sizes, in pixels.</summary>
    public const double TitleSize = 13;

    /// <summary>Smaller text.</summary>
    public const double TextSize = 11.5;

    /// <summary>The smallest text.</summary>
    public const double SmallSize = 11;

    private const string LineOpacity = "0.55";
    private const double Corner = 6;
    private const double ArrowLength = 6;

    /// <summary>The colour of a kind of block.</summary>
    public static string ColorOf(Hue hue) =>
        hue switch
        {
            Hue.First => Palette.Series[0],
            Hue.Second => Palette.Series[1],
            Hue.Third => Palette.Series[2],
            _ => Palette.Series[7],
        };

    /// <summary>The colour of attention, the same in all parts.</summary>
    public static string AttentionColor => Palette.Series[3];

    /// <summary>A rounded box, filled with a trace of its colour.</summary>
    public void Box(Box box, string color, bool dashed = false, bool filled = true) =>
        svg.Element(
            "rect",
            null,
            ("x", box.Left),
            ("y", box.Top),
            ("width", box.Width),
            ("height", box.Height),
            ("rx", Corner),
            ("fill", filled ? color : "none"),
            ("fill-opacity", filled ? "0.13" : null),
            ("stroke", color),
            ("stroke-width", 1.2),
            ("stroke-dasharray", dashed ? "4 3" : null)
        );

    public void Text(
        string text,
        double x,
        double y,
        double size,
        Anchor anchor = Anchor.Start,
        bool bold = false,
        bool quiet = false
    ) =>
        svg.Element(
            "text",
            SvgWriter.Escape(text),
            ("x", x),
            ("y", y),
            ("font-size", size),
            (
                "text-anchor",
                anchor switch
                {
                    Anchor.Middle => "middle",
                    Anchor.End => "end",
                    _ => null,
                }
            ),
            ("font-weight", bold ? 600 : null),
            ("fill-opacity", quiet ? "0.72" : null)
        );

    /// <summary>A line through points, with an arrow at its end where asked for.</summary>
    public void Line(bool arrow, params ReadOnlySpan<(double X, double Y)> points)
    {
        var path = new System.Text.StringBuilder();
        foreach (var (x, y) in points)
        {
            path.Append(path.Length == 0 ? 'M' : 'L')
                .Append(SvgWriter.Number(x))
                .Append(' ')
                .Append(SvgWriter.Number(y));
        }

        svg.Element(
            "path",
            null,
            ("d", path.ToString()),
            ("fill", "none"),
            ("stroke", "currentColor"),
            ("stroke-opacity", LineOpacity),
            ("stroke-width", 1.2),
            ("stroke-linejoin", "round")
        );
        if (arrow)
        {
            Arrow(points[^2], points[^1]);
        }
    }

    private void Arrow((double X, double Y) from, (double X, double Y) to)
    {
        var length = Math.Max(1e-9, Math.Sqrt(Math.Pow(to.X - from.X, 2) + Math.Pow(to.Y - from.Y, 2)));
        var (dx, dy) = ((to.X - from.X) / length * ArrowLength, (to.Y - from.Y) / length * ArrowLength);
        string At(double x, double y) => $"{SvgWriter.Number(x)} {SvgWriter.Number(y)}";
        svg.Element(
            "path",
            null,
            (
                "d",
                $"M{At(to.X, to.Y)}L{At(to.X - dx - dy * 0.55, to.Y - dy + dx * 0.55)}L{At(to.X - dx + dy * 0.55, to.Y - dy - dx * 0.55)}Z"
            ),
            ("fill-opacity", LineOpacity)
        );
    }

    /// <summary>Breaks words into lines.</summary>
    public static IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
        {
            if (lines.Count > 0 && TextMetrics.Width($"{lines[^1]} {word}", size) <= width)
            {
                lines[^1] += $" {word}";
            }
            else
            {
                lines.Add(word);
            }
        }

        return lines;
    }
}

/// <summary>Where a text stands.</summary>
internal enum Anchor
{
    /// <summary>It begins there.</summary>
    Start,

    /// <summary>It is centred there.</summary>
    Middle,

    /// <summary>It ends there.</summary>
    End,
}
