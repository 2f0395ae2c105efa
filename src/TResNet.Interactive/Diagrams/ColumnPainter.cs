using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Diagrams;

/// <summary>The stages of a network from top to bottom, the maps between them drawn as blocks that become smaller and deeper.</summary>
internal sealed class ColumnPainter
{
    private const double Padding = 12;
    private const double BoxHeight = 46;
    private const double MapHeight = 40;
    private const double Deck = 3;
    private const double ChipHeight = 17;
    private const double ArrowX = 18;
    private const double GlyphX = 38;
    private const double MapTextX = 90;
    private const double LeastWidth = 210;

    private readonly Sketch sketch;
    private readonly double boxWidth;

    private ColumnPainter(Sketch sketch)
    {
        this.sketch = sketch;
        boxWidth = Math.Ceiling(
            sketch
                .Stages.SelectMany(stage => stage.Boxes)
                .Select(WidthOf)
                .Append(MapTextX + TextMetrics.Width(ImageText(sketch), Canvas.TextSize))
                .Append(LeastWidth)
                .Max()
        );
    }

    public static DiagramPart DiagramPart(Sketch sketch, string name)
    {
        var painter = new ColumnPainter(sketch);
        var boxes = sketch.Stages.SelectMany(stage => stage.Boxes).ToArray();
        return new DiagramPart(
            $"The stages of {name}: {string.Join(", ", boxes.Select(box => box.Title))}",
            painter.boxWidth + 2 * Deck + 2,
            (sketch.Stages.Count + 1) * MapHeight + boxes.Length * BoxHeight + boxes.Sum(DeckOf),
            svg => painter.Draw(svg)
        );
    }

    private static string ImageText(Sketch sketch) => $"image, {sketch.Image}";

    private static double DeckOf(SketchBox box) => Deck * Math.Clamp(box.Repeats - 1, 0, 2);

    private static double WidthOf(SketchBox box)
    {
        var title =
            TextMetrics.Width(box.Title, Canvas.TitleSize, bold: true) + box.Marks.Sum(mark => 6 + ChipWidth(mark));
        return 2 * Padding + Math.Max(title, TextMetrics.Width(box.Detail, Canvas.SmallSize));
    }

    private static double ChipWidth(string mark) => Math.Ceiling(TextMetrics.Width(mark, Canvas.SmallSize)) + 12;

    private void Draw(SvgWriter svg)
    {
        var pen = new Canvas(svg);
        var y = 0.0;
        Map(svg, pen, sketch.Image, ImageText(sketch), y, isFirst: true);
        y += MapHeight;
        foreach (var stage in sketch.Stages)
        {
            foreach (var box in stage.Boxes)
            {
                DrawBox(svg, pen, box, y);
                y += BoxHeight + DeckOf(box);
            }

            if (stage.Leaves is { } map)
            {
                Map(svg, pen, map, map.ToString(), y, isFirst: false);
            }
            else
            {
                pen.Line(arrow: true, (ArrowX, y), (ArrowX, y + MapHeight - 12));
                pen.Text(sketch.Output, GlyphX, y + MapHeight / 2 + 6, Canvas.TextSize);
            }

            y += MapHeight;
        }
    }

    private void DrawBox(SvgWriter svg, Canvas pen, SketchBox box, double y)
    {
        var color = Canvas.ColorOf(box.Hue);
        for (var behind = DeckOf(box); behind > 0; behind -= Deck)
        {
            // The edges of those behind, right and below.
            var (right, bottom) = (1 + boxWidth + behind, y + BoxHeight + behind);
            svg.Element(
                "path",
                null,
                (
                    "d",
                    $"M{SvgWriter.Number(1 + 8 + behind)} {SvgWriter.Number(bottom)}H{SvgWriter.Number(right - 6)}q6 0 6 -6V{SvgWriter.Number(y + 8 + behind)}"
                ),
                ("fill", "none"),
                ("stroke", color),
                ("stroke-opacity", "0.6"),
                ("stroke-width", 1.0)
            );
        }

        svg.Open("g", ("class", "tresnet-box"));
        pen.Box(new Box(1, y, boxWidth, BoxHeight), color);
        pen.Text(box.Title, 1 + Padding, y + 19, Canvas.TitleSize, bold: true);
        pen.Text(box.Detail, 1 + Padding, y + 36, Canvas.SmallSize, quiet: true);
        var right0 = 1 + boxWidth - Padding + 2;
        foreach (var mark in box.Marks.Reverse())
        {
            var width = ChipWidth(mark);
            Chip(svg, pen, mark, right0 - width, y + 6, width);
            right0 -= width + 5;
        }

        svg.Close();
    }

    private static void Chip(SvgWriter svg, Canvas pen, string mark, double x, double y, double width)
    {
        var isAttention = mark is "SE" or "ECA" or "cECA" or "SK";
        svg.Element(
            "rect",
            null,
            ("x", x),
            ("y", y),
            ("width", width),
            ("height", ChipHeight),
            ("rx", ChipHeight / 2),
            ("fill", isAttention ? Canvas.AttentionColor : "currentColor"),
            ("fill-opacity", isAttention ? "0.22" : "0.1")
        );
        pen.Text(mark, x + width / 2, y + 12.5, Canvas.SmallSize, Anchor.Middle);
    }

    /// <summary>An arrow, the map as a block in perspective, and its shape.</summary>
    private void Map(SvgWriter svg, Canvas pen, MapShape map, string text, double y, bool isFirst)
    {
        pen.Line(arrow: true, (ArrowX, y + (isFirst ? 8 : 0)), (ArrowX, y + MapHeight));
        var side = 5 + 17 * Math.Sqrt((double)map.Side / Math.Max(1, sketch.Image.Side));
        var depth = 2 * Math.Log2(Math.Max(2, map.Channels));
        var (dx, dy) = (depth * 0.85, depth * 0.45);
        var (left, top) = (GlyphX, y + (MapHeight - side - dy) / 2 + dy);
        svg.Open(
            "g",
            ("fill", "currentColor"),
            ("fill-opacity", "0.1"),
            ("stroke", "currentColor"),
            ("stroke-opacity", "0.6"),
            ("stroke-width", 1.0),
            ("stroke-linejoin", "round")
        );
        svg.Element("rect", null, ("x", left), ("y", top), ("width", side), ("height", side));
        string At(double x0, double y0) => $"{SvgWriter.Number(x0)} {SvgWriter.Number(y0)}";
        svg.Element(
            "path",
            null,
            (
                "d",
                $"M{At(left, top)}L{At(left + dx, top - dy)}L{At(left + side + dx, top - dy)}L{At(left + side, top)}Z"
            )
        );
        svg.Element(
            "path",
            null,
            (
                "d",
                $"M{At(left + side, top)}L{At(left + side + dx, top - dy)}L{At(left + side + dx, top + side - dy)}L{At(left + side, top + side)}Z"
            )
        );
        svg.Close();
        pen.Text(text, MapTextX, y + MapHeight / 2 + 4, Canvas.TextSize);
    }
}
