namespace TResNet.Charts.Svg;

/// <summary>A rectangle in pixels, y downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    public double Right => Left + Width;

    public double Bottom => Top + Height;

    /// <summary>What margins leave of a figure.</summary>
    public static Box Within(Margin margin, double width, double height)
    {
        var (left, right, top, bottom) = (margin.L ?? 80, margin.R ?? 80, margin.T ?? 100, margin.B ?? 80);
        return new(left, top, Math.Max(10, width - left - right), Math.Max(10, height - top - bottom));
    }
}

/// <summary>A pair of axes with the traces drawn between them.</summary>
internal sealed class Panel(
    string xName,
    string yName,
    Axis xAxis,
    Axis yAxis,
    IReadOnlyList<(Trace Trace, int Color)> traces
)
{
    public string XName => xName;

    public string YName => yName;

    public Axis XAxis => xAxis;

    public Axis YAxis => yAxis;

    public IReadOnlyList<(Trace Trace, int Color)> Traces => traces;

    public Scale X { get; } =
        Scale.Fit(xAxis, [.. traces.Select(t => Along(t.Trace, t.Trace.X, vertical: false))], vertical: false);

    public Scale Y { get; } =
        Scale.Fit(yAxis, [.. traces.Select(t => Along(t.Trace, t.Trace.Y, vertical: true))], vertical: true);

    public Box Box { get; private set; }

    public static IReadOnlyList<Panel> Of(StaticFigure figure)
    {
        return
        [
            .. figure
                .Figure.Data.Select((trace, i) => (Trace: trace, Color: i))
                .GroupBy(t => (X: t.Trace.XAxis ?? "x", Y: t.Trace.YAxis ?? "y"))
                .Select(group => new Panel(
                    group.Key.X,
                    group.Key.Y,
                    figure.AxisOf(group.Key.X),
                    figure.AxisOf(group.Key.Y),
                    [.. group]
                )),
        ];
    }

    /// <summary>Puts the panel where its axes' domains lie in the plotting area.</summary>
    public void Place(Box area)
    {
        var (x0, x1) = Span(XAxis.Domain);
        var (y0, y1) = Span(YAxis.Domain);
        var box = new Box(
            area.Left + x0 * area.Width,
            area.Bottom - y1 * area.Height,
            (x1 - x0) * area.Width,
            (y1 - y0) * area.Height
        );
        if (YAxis.ScaleAnchor is not null && X.Categories.Count > 0 && Y.Categories.Count > 0)
        {
            var cell = Math.Min(box.Width / X.Categories.Count, box.Height / Y.Categories.Count);
            box = box with { Width = cell * X.Categories.Count, Height = cell * Y.Categories.Count };
        }

        Box = new Box(Math.Round(box.Left), Math.Round(box.Top), Math.Round(box.Width), Math.Round(box.Height));
        X.Place(Box.Left, Box.Right);
        Y.Place(Box.Bottom, Box.Top);
    }

    private static (double From, double To) Span(IReadOnlyList<double>? domain) =>
        domain is [var from, var to] ? (from, to) : (0, 1);

    private static AxisValues Along(Trace trace, Coordinates? coordinates, bool vertical)
    {
        var bars = trace is Bar bar && (bar.Orientation == Orientation.Horizontal) != vertical;
        var error = trace switch
        {
            Bar b => vertical ? b.ErrorY : b.ErrorX,
            Scatter s => vertical ? s.ErrorY : s.ErrorX,
            _ => null,
        };
        return new AxisValues(
            coordinates ?? System.Array.Empty<double>(),
            error,
            bars || (vertical && trace is Scatter { Fill: not null }),
            trace is Scatter { HasMarkers: true }
        );
    }
}
