using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Tables;

/// <summary>Charts of plain numbers: bars, lines and named points, with the looks of the others.</summary>
internal static class PlainCharts
{
    private const int Width = 760;
    private const double MarkSize = 10;
    private const int Legend = 28;
    private const double LeastInDigits = 1e-3;
    private const double RoomForLabels = 1.16;

    /// <summary>Lying bars, those of several series side by side, with their values at their ends.</summary>
    public static Figure Bars(
        string title,
        string unit,
        string? subtitle,
        IReadOnlyList<string> names,
        IReadOnlyList<(string? Name, IReadOnlyList<double> Values)> series
    )
    {
        var row = series.Count > 1 ? 20 + 22 * series.Count : 36;
        var gap = 0.3;
        var labels = series.SelectMany(
            (each, number) =>
                each.Values.Select(
                    (value, i) =>
                        new Annotation
                        {
                            Text = double.IsFinite(value) ? DisplayText.Digits(value) : "not measured",
                            X = double.IsFinite(value) ? value : 0,
                            Y = i + (number - (series.Count - 1) / 2.0) * (1 - gap) / series.Count,
                            XRef = "x",
                            YRef = "y",
                            XAnchor = "left",
                            XShift = 6,
                        }
                )
        );
        var most = series.SelectMany(each => each.Values).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var legend = series.Count > 1 ? Legend : 0;
        return new Figure
        {
            Data =
            [
                .. series.Select(each => new Bar
                {
                    Name = each.Name,
                    Orientation = Orientation.Horizontal,
                    Y = names.ToArray(),
                    X = each.Values.ToArray(),
                    HoverTemplate = "%{y}: %{x:.4~g}<extra>" + each.Name + "</extra>",
                }),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(title, subtitle),
                XAxis = new Axis { Title = unit, Range = [0, most * RoomForLabels] },
                YAxis = Axis.OfNames(reversed: true),
                BarGap = gap,
                BarCornerRadius = 3,
                Annotations = [.. labels],
                Height = 56 + Top(subtitle) + legend + names.Count * row,
                Margin = new Margin { T = Top(subtitle) + legend },
            },
        };
    }

    /// <summary>A line for each series.</summary>
    public static Figure Lines(
        string title,
        string x,
        string y,
        string? subtitle,
        bool log,
        IReadOnlyList<(string Name, double[] X, double[] Y)> lines
    ) =>
        new()
        {
            Data =
            [
                .. lines.Select(line => new Scatter
                {
                    Name = line.Name,
                    Mode = line.X.Length > 40 ? ScatterMode.Lines : ScatterMode.LinesMarkers,
                    X = line.X,
                    Y = line.Y,
                    ClipOnAxis = false,
                    HoverTemplate = "%{x:.4~g}: %{y:.4~g}<extra>" + line.Name + "</extra>",
                }),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(title, subtitle),
                XAxis = AxisOf(x, log, lines.SelectMany(line => line.X)),
                YAxis = AxisOf(y, log, lines.SelectMany(line => line.Y)),
                Height = 360,
                ShowLegend = lines.Count > 1,
                Margin = new Margin { L = 64, T = Top(subtitle) + (lines.Count > 1 ? Legend : 0) },
            },
        };

    /// <summary>Points with their names beside them where there is room; a colour for each group.</summary>
    public static Figure Points(
        string title,
        string x,
        string y,
        string? subtitle,
        bool log,
        IReadOnlyList<(string Name, double X, double Y, string? Group)> points
    )
    {
        string?[] groups = [.. points.Select(point => point.Group).Distinct()];
        var margin = new Margin { L = 64, T = Top(subtitle) + (groups.Length > 1 ? Legend : 0) };
        const int height = 400;
        var area = Box.Within(margin, Width, height);
        double Along(double value) => log ? Math.Log10(value) : value;
        var (xs, ys) = (
            RangeOf(points.Select(point => Along(point.X))),
            RangeOf(points.Select(point => Along(point.Y)))
        );
        string[] names = [.. points.Select(point => point.Name)];
        var places = LabelPlacer.Place(
            [
                .. points.Select(point => new NamedMark(
                    area.Left + (Along(point.X) - xs[0]) / (xs[1] - xs[0]) * area.Width,
                    area.Bottom - (Along(point.Y) - ys[0]) / (ys[1] - ys[0]) * area.Height,
                    MarkSize / 2,
                    point.Name
                )),
            ],
            area
        );
        return new Figure
        {
            Data =
            [
                .. groups.Select(group =>
                {
                    int[] own = [.. Enumerable.Range(0, points.Count).Where(i => points[i].Group == group)];
                    return new Scatter
                    {
                        Name = group,
                        Mode = ScatterMode.MarkersText,
                        X = own.Select(i => points[i].X).ToArray(),
                        Y = own.Select(i => points[i].Y).ToArray(),
                        Text = [.. own.Select(i => places[i] is null ? "" : names[i])],
                        TextPosition = own.Select(i => places[i] ?? "top center").ToArray(),
                        HoverText = [.. own.Select(i => names[i])],
                        HoverTemplate = "%{hovertext}: %{x:.4~g}, %{y:.4~g}<extra></extra>",
                        Marker = new Marker { Size = MarkSize },
                        ClipOnAxis = false,
                    };
                }),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(title, subtitle),
                XAxis = log ? Axis.OfLogarithms(x, xs) : new Axis { Title = x, Range = xs },
                YAxis = log ? Axis.OfLogarithms(y, ys) : new Axis { Title = y, Range = ys },
                Height = height,
                ShowLegend = groups.Length > 1,
                Margin = margin,
            },
        };
    }

    /// <summary>Pixels above the plot: the headline, and below it the subtitle where there is one.</summary>
    private static int Top(string? subtitle) => subtitle is null ? 44 : 64;

    private static Axis AxisOf(string title, bool log, IEnumerable<double> values)
    {
        var all = values.ToArray();
        return !log
            ? new Axis { Title = title }
            : Axis.OfLogarithms(title, RangeOf(all.Select(Math.Log10))) with
            {
                TickFormat = all.Min() < LeastInDigits ? ".0e" : null,
            };
    }

    private static double[] RangeOf(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var (low, high) = (all.Min(), all.Max());
        var room = high > low ? 0.1 * (high - low) : Math.Max(0.1, Math.Abs(high) * 0.1);
        return [low - room, high + room];
    }
}
