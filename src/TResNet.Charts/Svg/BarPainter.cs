namespace TResNet.Charts.Svg;

/// <summary>Draws bars, side by side within a category, with their labels and spread.</summary>
internal static class BarPainter
{
    public static void Draw(
        SvgWriter svg,
        Panel panel,
        Bar bar,
        (int Number, int Of) place,
        string color,
        Layout layout
    )
    {
        if (bar is not { X: { } xs, Y: { } ys })
        {
            return;
        }

        var lying = bar.Orientation == Orientation.Horizontal;
        var (across, along) = lying ? (panel.Y, panel.X) : (panel.X, panel.Y);
        var (positions, values) = lying ? (ys, xs) : (xs, ys);
        var slot = Math.Abs(across.PixelOf(1) - across.PixelOf(0));
        var thickness = slot * (1 - (layout.BarGap ?? 0.2)) / place.Of;
        // Traces stand in a category in the direction of the axis, so that a reversed y axis lists them as the legend does.
        var direction = Math.Sign(across.PixelOf(1) - across.PixelOf(0));
        var gap = place.Of > 1 ? Math.Min(2, thickness * 0.1) : 0;
        for (var i = 0; i < Math.Min(xs.Count, ys.Count); i++)
        {
            var value = values.Numbers?[i] ?? double.NaN;
            if (!double.IsFinite(value))
            {
                continue;
            }

            var middle =
                across.PixelOf(across.ValueOf(positions, i))
                + direction * (place.Number - (place.Of - 1) / 2.0) * thickness;
            var (from, to) = (along.Origin, along.PixelOf(value));
            if (!double.IsFinite(to) || !double.IsFinite(middle))
            {
                continue; // not above 0 on a logarithmic axis
            }

            var start = middle - thickness / 2 + gap / 2;
            var size = Math.Max(1, thickness - gap);
            var radius = Math.Min(layout.BarCornerRadius ?? 0, Math.Min(size / 2, Math.Abs(to - from)));
            var label = bar.Text?.ElementAtOrDefault(i);
            svg.Hinted(
                "path",
                HoverText.Of(bar, i, Hint(bar, i)),
                ("d", Path(lying, from, to, start, size, radius)),
                ("fill", color),
                ("fill-opacity", bar.Opacity)
            );
            var tip = to;
            if ((lying ? bar.ErrorX : bar.ErrorY) is { Array: { } up } error)
            {
                var low = along.PixelOf(value - (error.ArrayMinus ?? up)[i]);
                var high = along.PixelOf(value + up[i]);
                if (lying)
                {
                    TracePainter.DrawError(svg, error, low, middle, high, middle);
                    tip = Math.Max(tip, high);
                }
                else
                {
                    TracePainter.DrawError(svg, error, middle, low, middle, high);
                    tip = Math.Min(tip, high);
                }
            }

            if (label is not null && bar.TextPosition is { } position)
            {
                DrawLabel(svg, label, lying, position == BarText.Inside ? to : tip, middle, position, color);
            }
        }
    }

    /// <summary>What a bar is and how long.</summary>
    public static string Hint(Bar bar, int index)
    {
        var lying = bar.Orientation == Orientation.Horizontal;
        var (positions, values) = lying ? (bar.Y!, bar.X!) : (bar.X!, bar.Y!);
        var value = bar.Text?.ElementAtOrDefault(index) ?? NumberFormat.Format(values.Numbers?[index] ?? double.NaN);
        var category = positions.Labels?[index] ?? NumberFormat.Format(positions.Numbers![index]);
        return bar.Name is null ? $"{category}: {value}" : $"{category}, {bar.Name}: {value}";
    }

    private static void DrawLabel(
        SvgWriter svg,
        string label,
        bool lying,
        double tip,
        double middle,
        BarText position,
        string color
    )
    {
        var inside = position == BarText.Inside;
        var (x, y) = lying ? (tip + (inside ? -6 : 6), middle + 4) : (middle, tip + (inside ? 14 : -6));
        svg.Element(
            "text",
            SvgWriter.Escape(label),
            ("x", x),
            ("y", y),
            ("text-anchor", lying ? (inside ? "end" : null) : "middle"),
            ("font-size", 11.0),
            ("fill", inside ? Contrast.TextOn(color) : null),
            ("style", "font-variant-numeric:tabular-nums")
        );
    }

    /// <summary>A rectangle with the two corners at the value's end rounded.</summary>
    private static string Path(bool lying, double from, double to, double start, double size, double radius)
    {
        string N(double value) => SvgWriter.Number(value);
        var r = Math.Sign(to - from) * radius;
        var body = to - r;
        return lying
            ? $"M{N(from)} {N(start)}H{N(body)}q{N(r)} 0 {N(r)} {N(radius)}V{N(start + size - radius)}q0 {N(radius)} {N(-r)} {N(radius)}H{N(from)}Z"
            : $"M{N(start)} {N(from)}V{N(body)}q0 {N(r)} {N(radius)} {N(r)}H{N(start + size - radius)}q{N(radius)} 0 {N(radius)} {N(-r)}V{N(from)}Z";
    }
}
