using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using TResNet.Charts;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;

namespace TResNet.Interactive.Tables;

/// <summary>How values are written in tables, charts and progress lines: everywhere the same.</summary>
internal static partial class DisplayText
{
    /// <summary>What the name of an optimised network ends with.</summary>
    public const string Optimised = ", optimised";

    /// <summary>A text of several lines as HTML.</summary>
    public static string Lines(string text) => Linked(text.ReplaceLineEndings("\n")).Replace("\n", "<br>");

    /// <summary>A text as HTML, in which addresses are links.</summary>
    public static string Linked(string text) =>
        Address().Replace(WebUtility.HtmlEncode(text), match => $"<a href=\"{match.Value}\">{match.Value}</a>");

    public static string Of(ThroughputMode mode) => mode == ThroughputMode.Training ? "training" : "inference";

    /// <summary>A network's name with what was done to it before it was timed.</summary>
    public static string Named(string model, ThroughputOptions way) => way.Optimize ? model + Optimised : model;

    /// <summary>How many times as fast something is.</summary>
    public static string Times(double ratio) => $"{NumberFormat.Format(ratio, ratio < 10 ? ".2f" : ".1f")} ×";

    public static string Of(SchedulerKind schedule) =>
        schedule switch
        {
            SchedulerKind.OneCycle => "one-cycle",
            SchedulerKind.Cosine => "cosine with warm-up",
            SchedulerKind.MultiStep => "steps at milestones",
            SchedulerKind.Poly => "a polynomial",
            SchedulerKind.Plateau => "steps on plateaus",
            _ => "steps",
        };

    public static string Of(LossKind loss) =>
        loss switch
        {
            LossKind.BinaryCrossEntropy => "binary cross entropy",
            LossKind.Asymmetric => "asymmetric loss",
            _ => "cross entropy",
        };

    public static string Of(LayerKind kind) =>
        kind switch
        {
            LayerKind.DepthwiseConvolution => "depthwise convolution",
            LayerKind.Normalization => "norm + activation",
            LayerKind.Sum => "sum + activation",
            _ => kind.ToString().ToLowerInvariant(),
        };

    /// <summary>Milliseconds with three digits that count.</summary>
    public static string Milliseconds(double seconds) => Digits(seconds * 1e3);

    public static string Gigaflops(double rate) => $"{Digits(rate)} GFLOP/s";

    public static string Gigabytes(double rate) => $"{Digits(rate)} GB/s";

    /// <summary>Images a second: whole numbers where they are large, one decimal below a hundred, and more below one.</summary>
    public static string Rate(double rate) =>
        rate is > 0 and < 0.95 ? Digits(rate) : NumberFormat.Format(rate, rate < 100 ? ".1f" : ",d");

    /// <summary>The slowest and the fastest round.</summary>
    public static string Range(ThroughputResult result) => $"{Rate(result.Min)}–{Rate(result.Max)}";

    public static string Percent(double share) => NumberFormat.Format(share, ".1%");

    public static string Count(long count) => NumberFormat.Short(count);

    /// <summary>Bytes in the unit that leaves one to three digits before the point; below ten, and of gibibytes, one behind it.</summary>
    public static string Bytes(long bytes)
    {
        var (unit, name) = bytes switch
        {
            // What would be rounded to 1024 is one of the next.
            >= (1L << 30) - (1L << 19) => (1L << 30, "GiB"),
            >= (1L << 20) - (1L << 9) => (1L << 20, "MiB"),
            >= 1L << 10 => (1L << 10, "KiB"),
            _ => (1L, "B"),
        };
        var value = bytes / (double)unit;
        var format = unit == 1L << 30 || (unit > 1 && value < 9.95) ? "0.0" : "0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {name}";
    }

    /// <summary>A text of at most so many letters: a longer one loses its middle, since names often differ at their ends.</summary>
    public static string Cut(string text, int most)
    {
        var start = (most - 1) / 2;
        return text.Length <= most ? text : $"{text[..start]}…{text[^(most - 1 - start)..]}";
    }

    /// <summary>A text in lines of at most so many letters, broken between words; a longer word has a line of its own.</summary>
    public static string InLines(string text, int most)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= most)
            {
                lines[^1] += " " + word;
            }
            else
            {
                lines.Add(word);
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>A clock reading: <c>0:07</c>, <c>12:30</c>, <c>1:02:03</c>; of days all hours, <c>51:04:05</c>.</summary>
    public static string Clock(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(Math.Max(0, time.TotalSeconds)));
        var hours = (int)whole.TotalHours;
        return hours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}:{whole:mm\\:ss}")
            : whole.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>A loss: three decimals, and from ten thousand on, which is a training that diverged, an exponent.</summary>
    public static string Loss(double loss) => NumberFormat.Format(loss, LossFormat([loss]));

    /// <summary>The format of several losses that are shown alike.</summary>
    public static string LossFormat(IEnumerable<double> losses) =>
        losses.Any(loss => Math.Abs(loss) >= 10_000) ? ".2e" : ".3f";

    /// <summary>A learning rate with three digits that count: <c>0.0876</c>, <c>1.2e-6</c>.</summary>
    public static string LearningRate(double rate) =>
        rate == 0 ? "0"
        : rate < 1e-4 || !double.IsFinite(rate) ? NumberFormat.Format(rate, ".1e")
        : NumberFormat.Format(rate, $".{Math.Max(0, 2 - (int)Math.Floor(Math.Log10(rate)))}f");

    /// <summary>A positive number with three digits that count, as far as three decimals have them.</summary>
    public static string Digits(double value) =>
        value is > 0 and < 0.0005
            ? "<0.001"
            : NumberFormat.Format(
                value,
                value >= 99.95 ? ",d"
                    : value >= 9.995 ? ".1f"
                    : value >= 0.1 ? ".2f"
                    : ".3f"
            );

    /// <summary>Names in a sentence: <c>a</c>, <c>a and b</c>, <c>a, b and c</c>; of many the first ones and how many more.</summary>
    public static string List(IReadOnlyList<string> names)
    {
        const int Most = 6;
        var shown = names.Count > Most ? [.. names.Take(Most - 1), $"{names.Count - Most + 1} others"] : names;
        return shown.Count < 2 ? string.Concat(shown) : $"{string.Join(", ", shown.SkipLast(1))} and {shown[^1]}";
    }

    public static string Size(IReadOnlyList<long> shape) => string.Join(" × ", shape);

    // What ends a sentence or closes a bracket behind an address is not part of it.
    [GeneratedRegex(@"https?://(?:(?!&(?:quot|#39|lt|gt);)[^\s])+(?<![.,;:!?)\]])")]
    private static partial Regex Address();
}
