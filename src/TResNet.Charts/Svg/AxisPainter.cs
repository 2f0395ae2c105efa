namespace TResNet.Charts.Svg;

/// <summary>Draws grid lines, labels and titles of a panel's axes.</summary>
internal static class AxisPainter
{
    private const double LabelSize = 11;
    private const int Tilt = 35;
    private const string GridOpacity = "0.13";
    private const string BaseOpacity = "0.4";

    /// <summary>Pixels that labels and title of the y axis take, in steps of 8 so that a growing chart does not tremble.</summary>
    public static double RoomOnTheLeft(Panel panel)
    {
        panel.Y.Place(100, 0);
        var labels = panel.YAxis.ShowTickLabels == false ? [] : panel.Y.Ticks(vertical: true);
        var widest = labels.Select(tick => TextMetrics.Widest(tick.Label, LabelSize)).DefaultIfEmpty(0).Max();
        return Math.Ceiling((widest + 16 + (panel.YAxis.Title is null ? 0 : 20)) / 8) * 8;
    }

    /// <summary>Pixels that names below a placed panel take when they have to be tilted; 0 when they need not.</summary>
    public static double RoomForTilted(Panel panel) =>
        AreNamesTilted(panel)
            ? 18 + Math.Sin(Tilt * Math.PI / 180) * panel.X.Categories.Max(name => TextMetrics.Width(name, LabelSize))
            : 0;

    public static void DrawGrid(SvgWriter svg, Panel panel)
    {
        var box = panel.Box;
        svg.Open("g", ("stroke", "currentColor"), ("stroke-opacity", GridOpacity), ("stroke-width", 1.0));
        if (panel.XAxis.ShowGrid != false && panel.X.Type != AxisType.Category)
        {
            foreach (var tick in panel.X.Ticks(vertical: false))
            {
                svg.Element(
                    "path",
                    null,
                    ("d", $"M{Crisp(tick.Pixel)} {SvgWriter.Number(box.Top)}V{SvgWriter.Number(box.Bottom)}")
                );
            }
        }

        if (panel.YAxis.ShowGrid != false && panel.Y.Type != AxisType.Category)
        {
            foreach (var tick in panel.Y.Ticks(vertical: true))
            {
                svg.Element(
                    "path",
                    null,
                    ("d", $"M{SvgWriter.Number(box.Left)} {Crisp(tick.Pixel)}H{SvgWriter.Number(box.Right)}")
                );
            }
        }

        svg.Close();
    }

    public static void DrawLabels(SvgWriter svg, Panel panel)
    {
        var box = panel.Box;
        DrawBaseLine(svg, panel);
        svg.Open(
            "g",
            ("font-size", LabelSize),
            ("fill-opacity", "0.75"),
            ("style", "font-variant-numeric:tabular-nums")
        );
        var onTop = panel.XAxis.Side == "top";
        var below = onTop ? box.Top - 8 : box.Bottom + 17;
        if (panel.XAxis.ShowTickLabels != false)
        {
            if (AreNamesTilted(panel))
            {
                DrawTilted(svg, panel, below - 5);
            }
            else
            {
                foreach (var tick in Spaced(panel.X.Ticks(vertical: false)))
                {
                    svg.Element(
                        "text",
                        SvgWriter.Escape(tick.Label),
                        ("x", tick.Pixel),
                        ("y", below),
                        ("text-anchor", "middle")
                    );
                }
            }
        }

        var widest = 0.0;
        if (panel.YAxis.ShowTickLabels != false)
        {
            foreach (var tick in panel.Y.Ticks(vertical: true))
            {
                widest = Math.Max(widest, TextMetrics.Widest(tick.Label, LabelSize));
                var lines = TextMetrics.Lines(tick.Label);
                for (var i = 0; i < lines.Length; i++)
                {
                    var offset = (i - (lines.Length - 1) / 2.0) * LabelSize * TextMetrics.LineHeight;
                    svg.Element(
                        "text",
                        SvgWriter.Escape(lines[i]),
                        ("x", box.Left - 8),
                        ("y", tick.Pixel + 4 + offset),
                        ("text-anchor", "end")
                    );
                }
            }
        }

        svg.Close();
        if (panel.XAxis.Title is { } xTitle)
        {
            svg.Element(
                "text",
                SvgWriter.Escape(xTitle.Text),
                ("x", box.Left + box.Width / 2),
                ("y", onTop ? below - 18 : below + 20),
                ("text-anchor", "middle"),
                ("fill-opacity", "0.85")
            );
        }

        if (panel.YAxis.Title is { } yTitle)
        {
            var x = box.Left - widest - 20;
            var y = box.Top + box.Height / 2;
            svg.Element(
                "text",
                SvgWriter.Escape(yTitle.Text),
                ("transform", $"translate({SvgWriter.Number(x)} {SvgWriter.Number(y)}) rotate(-90)"),
                ("text-anchor", "middle"),
                ("fill-opacity", "0.85")
            );
        }
    }

    /// <summary>The line that the marks stand on: stronger than the grid.</summary>
    private static void DrawBaseLine(SvgWriter svg, Panel panel)
    {
        if (panel.Traces.All(t => t.Trace is Heatmap))
        {
            return;
        }

        var box = panel.Box;
        var lying = panel.Traces.Any(t => t.Trace is Bar { Orientation: Orientation.Horizontal });
        var line = lying
            ? $"M{Crisp(panel.X.Origin)} {SvgWriter.Number(box.Top)}V{SvgWriter.Number(box.Bottom)}"
            : $"M{SvgWriter.Number(box.Left)} {Crisp(panel.Y.Type == AxisType.Category ? box.Bottom : panel.Y.Origin)}H{SvgWriter.Number(box.Right)}";
        svg.Element(
            "path",
            null,
            ("d", line),
            ("stroke", "currentColor"),
            ("stroke-opacity", BaseOpacity),
            ("stroke-width", 1.0)
        );
    }

    private static bool AreNamesTilted(Panel panel) =>
        panel.XAxis.Side != "top"
        && panel.X.Categories.Any(name =>
            TextMetrics.Width(name, LabelSize) + 4 > panel.X.Length / panel.X.Categories.Count
        );

    private static void DrawTilted(SvgWriter svg, Panel panel, double y)
    {
        foreach (var tick in panel.X.Ticks(vertical: false))
        {
            var place = $"translate({SvgWriter.Number(tick.Pixel + 4)} {SvgWriter.Number(y)}) rotate(-{Tilt})";
            svg.Element("text", SvgWriter.Escape(tick.Label), ("transform", place), ("text-anchor", "end"));
        }
    }

    /// <summary>Leaves out labels that would run into the one before.</summary>
    private static IEnumerable<Tick> Spaced(IReadOnlyList<Tick> ticks)
    {
        var free = double.NegativeInfinity;
        foreach (var tick in ticks)
        {
            var half = TextMetrics.Width(tick.Label, LabelSize) / 2;
            if (tick.Pixel - half >= free)
            {
                free = tick.Pixel + half + 6;
                yield return tick;
            }
        }
    }

    /// <summary>The middle of a pixel, where a line of width 1 is not blurred over two.</summary>
    private static string Crisp(double pixel) => SvgWriter.Number(Math.Floor(pixel) + 0.5);
}
