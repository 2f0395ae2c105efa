namespace TResNet.Charts.Svg;

/// <summary>A label of an axis.</summary>
internal readonly record struct Tick(double Pixel, string Label, bool Major = true);

/// <summary>From an axis's values to pixels, and the places of its labels.</summary>
internal sealed class Scale
{
    private readonly Axis axis;
    private readonly double low;
    private readonly double high;

    private Scale(Axis axis, AxisType type, IReadOnlyList<string> categories, double low, double high)
    {
        this.axis = axis;
        (Type, Categories, this.low, this.high) = (type, categories, low, high);
    }

    public AxisType Type { get; }

    public IReadOnlyList<string> Categories { get; }

    /// <summary>The pixel of the axis's first end (left, bottom).</summary>
    public double Start { get; private set; }

    /// <summary>The pixel of the other end.</summary>
    public double End { get; private set; }

    public double Length => Math.Abs(End - Start);

    /// <summary>The pixel of zero, or of the end nearest to it: where bars begin.</summary>
    public double Origin =>
        Type == AxisType.Log ? Start : PixelOf(Math.Clamp(0, Math.Min(low, high), Math.Max(low, high)));

    public static Scale Fit(Axis axis, IReadOnlyList<AxisValues> values, bool vertical)
    {
        var categories = values.SelectMany(v => v.Coordinates.Labels ?? []).Distinct().ToArray();
        if (axis.Type == AxisType.Category || (axis.Type is null && categories.Length > 0))
        {
            return Ordered(axis, AxisType.Category, categories, -0.5, categories.Length - 0.5);
        }

        var log = axis.Type == AxisType.Log;
        var type = log ? AxisType.Log : AxisType.Linear;
        if (axis.Range is [var from, var to] && from != to)
        {
            return new Scale(axis, type, [], from, to);
        }

        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        var marks = false;
        foreach (var value in values)
        {
            foreach (var (down, up) in value.Extents())
            {
                if (double.IsFinite(down) && double.IsFinite(up) && !(log && down <= 0))
                {
                    min = Math.Min(min, log ? Math.Log10(down) : down);
                    max = Math.Max(max, log ? Math.Log10(up) : up);
                }
            }

            marks |= value.Marks;
        }

        if (min > max)
        {
            (min, max) = (0, 1);
        }

        var zero = !log && (axis.RangeMode == "tozero" || values.Any(v => v.FromZero));
        if (zero)
        {
            (min, max) = (Math.Min(0, min), Math.Max(0, max));
        }

        if (max - min < 1e-12 * Math.Max(1, Math.Abs(max)))
        {
            (min, max) =
                zero && max == 0
                    ? (0, 1)
                    : (min - Math.Max(0.5, Math.Abs(min) * 0.1), max + Math.Max(0.5, Math.Abs(max) * 0.1));
        }

        var room = vertical || marks || zero ? (max - min) * 0.06 : 0;
        var lower = zero && min == 0 ? 0 : min - room;
        return Ordered(axis, type, [], lower, zero && max == 0 ? 0 : max + room);
    }

    public void Place(double start, double end) => (Start, End) = (start, end);

    /// <summary>The pixel of a number.</summary>
    public double PixelOf(double value)
    {
        var position = Type == AxisType.Log ? Math.Log10(value) : value;
        return Start + (position - low) / (high - low) * (End - Start);
    }

    /// <summary>The pixel of a point of a trace; not a number where there is no point.</summary>
    public double PixelOf(Coordinates coordinates, int index) => PixelOf(ValueOf(coordinates, index));

    /// <summary>The number, or the category's number, of a point.</summary>
    public double ValueOf(Coordinates coordinates, int index) =>
        coordinates.Numbers is { } numbers
            ? numbers[index]
            : ((IList<string>)Categories).IndexOf(coordinates.Labels![index]);

    public IReadOnlyList<Tick> Ticks(bool vertical)
    {
        if (Type == AxisType.Category)
        {
            return [.. Categories.Select((name, i) => new Tick(PixelOf(i), name))];
        }

        var (min, max) = (Math.Min(low, high), Math.Max(low, high));
        var count = axis.NTicks ?? Math.Max(2, (int)(Length / (vertical ? 46 : 78)));
        if (Type == AxisType.Log)
        {
            return axis.TickVals is { } given
                ? [.. given.Select(value => new Tick(PixelOf(value), LogLabel(value) + axis.TickSuffix))]
                : LogTicks(min, max, count);
        }

        var step = axis.DTick ?? NiceStep((max - min) / count);
        var values = axis.TickVals ?? Multiples(min, max, step);
        var labels = axis.TickFormat is { } format
            ? values.Select(value => NumberFormat.Format(value, format)).ToArray()
            : NumberFormat.Labels(values, axis.TickVals is null ? step : SmallestGap(values));
        return [.. values.Select((value, i) => new Tick(PixelOf(value), labels[i] + axis.TickSuffix))];
    }

    /// <summary>The smallest of 1, 2, 5, times a power of ten, that is at least the given step.</summary>
    internal static double NiceStep(double rough)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var fraction = rough / magnitude;
        return magnitude
            * (
                fraction <= 1.0001 ? 1
                : fraction <= 2.0001 ? 2
                : fraction <= 5.0001 ? 5
                : 10
            );
    }

    private static double SmallestGap(IReadOnlyList<double> values) =>
        values.Count < 2 ? 1 : values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)).Min();

    private static double[] Multiples(double min, double max, double step)
    {
        var first = (long)Math.Ceiling(min / step - 1e-9);
        var last = (long)Math.Floor(max / step + 1e-9);
        return
        [
            .. Enumerable
                .Range(0, (int)Math.Clamp(last - first + 1, 0, 200))
                .Select(i => Math.Round((first + i) * step, 12)),
        ];
    }

    private Tick[] LogTicks(double min, double max, int count)
    {
        var every = Math.Max(1, (int)Math.Ceiling((max - min) / Math.Max(1, count)));
        int[] digits =
            max - min <= 1.2 ? [1, 2, 3, 5, 7]
            : max - min <= 3.2 ? [1, 2, 5]
            : [1];
        var ticks = new List<Tick>();
        for (var decade = (int)Math.Floor(min); decade <= Math.Ceiling(max); decade++)
        {
            if (decade % every != 0)
            {
                continue;
            }

            foreach (var digit in digits)
            {
                var value = digit * Math.Pow(10, decade);
                if (Math.Log10(value) >= min - 1e-9 && Math.Log10(value) <= max + 1e-9)
                {
                    var label = axis.TickFormat is { } format ? NumberFormat.Format(value, format) : LogLabel(value);
                    ticks.Add(new Tick(PixelOf(value), label + axis.TickSuffix, digit == 1));
                }
            }
        }

        return [.. ticks];
    }

    private static string LogLabel(double value) =>
        value >= 1000 ? NumberFormat.Format(value, ".3~s") : NumberFormat.Labels([value], value)[0];

    private static Scale Ordered(Axis axis, AxisType type, IReadOnlyList<string> categories, double low, double high) =>
        axis.AutoRange == "reversed"
            ? new Scale(axis, type, categories, high, low)
            : new Scale(axis, type, categories, low, high);
}

/// <summary>What one trace asks of an axis.</summary>
/// <param name="Coordinates">Its positions.</param>
/// <param name="Error">The spread around them.</param>
/// <param name="FromZero">Whether its marks begin at zero.</param>
/// <param name="Marks">Whether marks need room around the outermost positions.</param>
internal sealed record AxisValues(Coordinates Coordinates, ErrorBars? Error, bool FromZero, bool Marks)
{
    public IEnumerable<(double Down, double Up)> Extents()
    {
        if (Coordinates.Numbers is not { } numbers)
        {
            yield break;
        }

        for (var i = 0; i < numbers.Count; i++)
        {
            yield return Error?.Array is { } up
                ? (numbers[i] - (Error.ArrayMinus ?? up)[i], numbers[i] + up[i])
                : (numbers[i], numbers[i]);
        }
    }
}
