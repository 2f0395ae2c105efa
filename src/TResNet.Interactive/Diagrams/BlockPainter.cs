using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Diagrams;

/// <summary>The inside of a block from top to bottom: the branch on the left, the shortcut on the right, their sum.</summary>
internal sealed class BlockPainter
{
    private const double Frame = 12;
    private const double LayerHeight = 25;
    private const double Gap = 13;
    private const double Stub = 14;
    private const double SumRadius = 8;
    private const double NoteLine = 14.5;
    private const double LeastBranch = 104;
    private const double LeastInside = 176;
    private const double Between = 16;

    private readonly SketchBlock block;
    private readonly double branchWidth;
    private readonly double shortcutWidth;
    private readonly double inside;
    private readonly IReadOnlyList<string> place;
    private readonly IReadOnlyList<string> notes;
    private readonly double flowTop;

    private BlockPainter(SketchBlock block)
    {
        this.block = block;
        branchWidth = Math.Ceiling(
            block.Before.Concat(block.Branch).Concat(block.After).Select(WidthOf).Append(LeastBranch).Max()
        );
        shortcutWidth = Math.Ceiling((block.Shortcut ?? []).Select(WidthOf).DefaultIfEmpty(2).Max());
        var title = TextMetrics.Width(block.Title, Canvas.TitleSize, bold: true);
        var flow = branchWidth + (block.Shortcut is null ? 0 : Between + shortcutWidth);
        inside = Math.Max(Math.Max(flow, title), LeastInside);
        place = Canvas.Wrap(block.Place, Canvas.SmallSize, inside);
        notes = [.. block.Notes.SelectMany(note => Canvas.Wrap(note, Canvas.SmallSize, inside))];
        flowTop = Frame + 18 + place.Count * NoteLine + 4;
    }

    private double FlowHeight =>
        Stub
        + block.Before.Concat(block.After).Count() * (LayerHeight + Gap)
        + (block.Shortcut is null ? 0 : Gap + 2 * SumRadius)
        + block.Branch.Count * (LayerHeight + Gap)
        + Stub;

    public static DiagramPart DiagramPart(SketchBlock block)
    {
        var painter = new BlockPainter(block);
        return new DiagramPart(
            $"{block.Title}, {block.Place}: {string.Join(", ", block.Branch.Select(layer => layer.Text))}",
            painter.inside + 2 * Frame + 2,
            painter.flowTop + painter.FlowHeight + 8 + painter.notes.Count * NoteLine + Frame,
            svg => painter.Draw(svg)
        );
    }

    private static double WidthOf(SketchLayer layer) =>
        18
        + TextMetrics.Width(layer.Text, Canvas.TextSize)
        + (layer.Channels is { } channels ? 10 + TextMetrics.Width(Terms.Channels(channels), Canvas.SmallSize) : 0);

    private void Draw(SvgWriter svg)
    {
        var pen = new Canvas(svg);
        var color = Canvas.ColorOf(block.Hue);
        var left = Frame + 1;
        svg.Open("g", ("class", "tresnet-box"));
        svg.Element(
            "rect",
            null,
            ("x", 1.0),
            ("y", 1.0),
            ("width", inside + 2 * Frame),
            ("height", flowTop + FlowHeight + 8 + notes.Count * NoteLine + Frame - 2),
            ("rx", 8.0),
            ("fill", "none"),
            ("stroke", color),
            ("stroke-opacity", "0.45")
        );
        pen.Text(block.Title, left, Frame + 12, Canvas.TitleSize, bold: true);
        Lines(pen, place, left, Frame + 12 + 17);
        Lines(pen, notes, left, flowTop + FlowHeight + 8 + 10);
        svg.Close();

        var middle = left + branchWidth / 2;
        var y = Below(svg, pen, block.Before, middle, flowTop, Stub);
        var parting = y + (block.Before.Count > 0 ? Gap / 2 : Stub / 2);
        y = Below(svg, pen, block.Branch, middle, y, block.Before.Count > 0 ? Gap * 1.5 : Stub + Gap / 2);
        if (block.Shortcut is { } shortcut)
        {
            var sum = y + Gap + SumRadius;
            pen.Line(arrow: true, (middle, y), (middle, sum - SumRadius));
            Shortcut(svg, pen, shortcut, middle, parting, sum);
            y = sum + SumRadius;
        }

        y = Below(svg, pen, block.After, middle, y, Gap);
        pen.Line(arrow: true, (middle, y), (middle, y + Stub));
    }

    /// <summary>Layers below each other, each behind an arrow; says where the last one ends.</summary>
    private double Below(
        SvgWriter svg,
        Canvas pen,
        IReadOnlyList<SketchLayer> layers,
        double middle,
        double y,
        double first
    )
    {
        var gap = first;
        foreach (var layer in layers)
        {
            pen.Line(arrow: true, (middle, y), (middle, y + gap));
            y += gap;
            Layer(svg, pen, layer, new Box(middle - branchWidth / 2, y, branchWidth, LayerHeight));
            y += LayerHeight;
            gap = Gap;
        }

        return y;
    }

    private void Shortcut(
        SvgWriter svg,
        Canvas pen,
        IReadOnlyList<SketchLayer> layers,
        double middle,
        double parting,
        double sum
    )
    {
        var x = middle + branchWidth / 2 + Between + shortcutWidth / 2;
        svg.Element("circle", null, ("cx", middle), ("cy", parting), ("r", 2.2), ("fill-opacity", "0.7"));
        var height = layers.Count * LayerHeight + Math.Max(0, layers.Count - 1) * Gap;
        var y = (parting + sum - height) / 2;
        if (layers.Count == 0)
        {
            pen.Line(arrow: true, (middle, parting), (x, parting), (x, sum), (middle + SumRadius, sum));
        }
        else
        {
            pen.Line(arrow: true, (middle, parting), (x, parting), (x, y));
            for (var i = 0; i < layers.Count; i++)
            {
                Layer(svg, pen, layers[i], new Box(x - shortcutWidth / 2, y, shortcutWidth, LayerHeight));
                y += LayerHeight;
                if (i < layers.Count - 1)
                {
                    pen.Line(arrow: true, (x, y), (x, y + Gap));
                    y += Gap;
                }
            }

            pen.Line(arrow: true, (x, y), (x, sum), (middle + SumRadius, sum));
        }

        svg.Element(
            "path",
            null,
            (
                "d",
                $"M{SvgWriter.Number(middle - 4)} {SvgWriter.Number(sum)}h8M{SvgWriter.Number(middle)} {SvgWriter.Number(sum - 4)}v8"
            ),
            ("stroke", "currentColor"),
            ("stroke-width", 1.3)
        );
        svg.Element(
            "circle",
            null,
            ("cx", middle),
            ("cy", sum),
            ("r", SumRadius),
            ("fill", "none"),
            ("stroke", "currentColor"),
            ("stroke-opacity", "0.7"),
            ("stroke-width", 1.2)
        );
    }

    private void Layer(SvgWriter svg, Canvas pen, SketchLayer layer, Box box)
    {
        var color = layer.Look switch
        {
            LayerLook.Attention => Canvas.AttentionColor,
            LayerLook.Simple => Canvas.ColorOf(Hue.Plain),
            _ => Canvas.ColorOf(block.Hue),
        };
        svg.Open("g", ("class", "tresnet-box"));
        pen.Box(box, color, layer.AtStart);
        var baseline = box.Top + 16.5;
        if (layer.Channels is { } channels)
        {
            pen.Text(layer.Text, box.Left + 9, baseline, Canvas.TextSize);
            pen.Text(Terms.Channels(channels), box.Right - 9, baseline, Canvas.SmallSize, Anchor.End, quiet: true);
        }
        else
        {
            pen.Text(layer.Text, box.Left + box.Width / 2, baseline, Canvas.TextSize, Anchor.Middle);
        }

        svg.Close();
    }

    private static void Lines(Canvas pen, IReadOnlyList<string> lines, double x, double y)
    {
        foreach (var (i, line) in lines.Index())
        {
            pen.Text(line, x, y + i * NoteLine, Canvas.SmallSize, quiet: true);
        }
    }
}
