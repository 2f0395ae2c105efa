// The argument of TResNet (arXiv 2003.13630, section 1) and RegNet (arXiv 2003.13678, section 4): multiply-adds are a poor guide to speed,
// activations a better one.
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>What a network is counted by.</summary>
public enum ModelCost
{
    /// <summary>Multiplications with an addition, of its convolutions and linear layers.</summary>
    MultiplyAdds,

    /// <summary>The elements that its convolutions give out (arXiv 2003.13678, section 4).</summary>
    Activations,
}

/// <summary>A network in the chart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cost">What it is counted with, for one image; above 0.</param>
/// <param name="Seconds">The time it takes for one image; above 0.</param>
internal sealed record TimedNetwork(string Name, double Cost, double Seconds);

/// <summary>Draws time for an image over a count, both logarithmic, with their correlation in the headline.</summary>
internal static class CorrelationChart
{
    /// <summary>Of fewer networks a correlation says nothing.</summary>
    public const int Fewest = 3;

    /// <summary>From so many on it says something.</summary>
    private const int Enough = 5;

    private const double MarkSize = 10;
    private const int Width = 760;
    private const int Height = 400;

    /// <summary>Time for an image against a count of measured networks; of several modes, the first one's results are drawn.</summary>
    public static Figure AgainstTime(
        ModelCost cost,
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results
    ) => Draw(cost, results[0], Timed(summaries, results, summary => Of(cost, summary)));

    /// <summary>The same of networks that were timed in one way.</summary>
    public static Figure Draw(ModelCost cost, ThroughputResult first, IReadOnlyList<TimedNetwork> networks)
    {
        var what = cost == ModelCost.MultiplyAdds ? "Multiply-adds" : "Activations";
        var way = $"{DisplayText.Of(first.Mode)}, {ProfileViews.WayOf(first)}";
        return Draw(what, what.ToLowerInvariant(), way, networks);
    }

    public static double Of(ModelCost cost, ModelSummary summary) =>
        cost == ModelCost.MultiplyAdds ? summary.MultiplyAdds : summary.Activations;

    /// <param name="what">The count, as the headline begins with it.</param>
    /// <param name="counts">The same within a sentence.</param>
    /// <param name="way">How the times were measured.</param>
    /// <param name="networks">At least one.</param>
    public static Figure Draw(string what, string counts, string way, IReadOnlyList<TimedNetwork> networks)
    {
        var (xs, ys) = (
            networks.Select(network => network.Cost).ToArray(),
            networks.Select(network => network.Seconds * 1e3).ToArray()
        );
        var (x, y) = (Range(xs), Range(ys));
        var margin = new Margin { L = 64, T = 64 };
        var area = Box.Within(margin, Width, Height);
        var all = networks.Select(network => network.Name).ToHashSet();
        string[] names = [.. networks.Select(network => ModelNames.Short(network.Name, all))];
        var places = LabelPlacer.Place(
            [
                .. networks.Select(
                    (_, i) =>
                        new NamedMark(
                            area.Left + Part(xs[i], x) * area.Width,
                            area.Bottom - Part(ys[i], y) * area.Height,
                            MarkSize / 2,
                            names[i]
                        )
                ),
            ],
            area
        );
        var correlation = Correlation(xs, ys);
        return new Figure
        {
            Data =
            [
                new Scatter
                {
                    Mode = ScatterMode.MarkersText,
                    X = xs,
                    Y = ys,
                    Text = [.. names.Select((name, i) => places[i] is null ? "" : name)],
                    TextPosition = places.Select(place => place ?? "top center").ToArray(),
                    HoverText = [.. networks.Select(network => network.Name)],
                    HoverTemplate = "%{hovertext}: %{x:.3s} " + counts + ", %{y:.3~g} ms<extra></extra>",
                    Marker = new Marker { Size = MarkSize },
                    ClipOnAxis = false,
                },
            ],
            Description =
                $"{what} against time of {networks.Count} networks: correlation of the logarithms {Said(correlation)}.",
            Layout = new Layout
            {
                Title = Title.Headline(
                    $"{what} against time: correlation {Said(correlation)}",
                    $"Pearson's r of the logarithms over {networks.Count} networks; {way}"
                ),
                XAxis = Axis.OfLogarithms($"{counts} of an image", x) with { TickFormat = "~s" },
                YAxis = Axis.OfLogarithms("ms an image", y),
                Height = Height,
                Margin = margin,
            },
        };
    }

    /// <summary>Both correlations in a sentence, for where there are no charts.</summary>
    /// <param name="mode">What was timed.</param>
    /// <param name="byMultiplyAdds">Networks over their multiply-adds.</param>
    /// <param name="byActivations">The same over their activations.</param>
    public static string Sentence(
        ThroughputMode mode,
        IReadOnlyList<TimedNetwork> byMultiplyAdds,
        IReadOnlyList<TimedNetwork> byActivations
    )
    {
        static string Of(IReadOnlyList<TimedNetwork> networks) =>
            Said(Correlation([.. networks.Select(each => each.Cost)], [.. networks.Select(each => each.Seconds)]));
        return $"Correlation of an image's time in {DisplayText.Of(mode)}, over {byMultiplyAdds.Count} networks: {Of(byMultiplyAdds)} with multiply-adds, {Of(byActivations)} with activations (Pearson's r of the logarithms{(byMultiplyAdds.Count < Enough ? "; so few networks prove little, name more" : "")}).";
    }

    /// <summary>Networks that were counted and timed; of several modes, the first one's times.</summary>
    public static TimedNetwork[] Timed(
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results,
        Func<ModelSummary, double> cost
    ) =>
        [
            .. results
                .Where(result => result.Mode == results[0].Mode)
                .DistinctBy(result => result.Model)
                .Select(result => new TimedNetwork(
                    result.Model,
                    cost(summaries.First(summary => summary.Model == result.Model)),
                    1 / result.Median
                )),
        ];

    /// <summary>Pearson's correlation of the logarithms of positive numbers; NaN where one of the two does not vary.</summary>
    public static double Correlation(IReadOnlyList<double> xs, IReadOnlyList<double> ys)
    {
        var (a, b) = (Centred(xs), Centred(ys));
        return a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y));

        static double[] Centred(IReadOnlyList<double> values)
        {
            var logs = values.Select(value => Math.Log(value)).ToArray();
            var mean = logs.Average();
            return [.. logs.Select(log => log - mean)];
        }
    }

    private static string Said(double correlation) =>
        double.IsFinite(correlation) ? NumberFormat.Format(correlation, ".2f") : "none";

    private static double[] Range(double[] values)
    {
        var (low, high) = (Math.Log10(values.Min()), Math.Log10(values.Max()));
        var room = Math.Max(0.08, 0.1 * (high - low));
        return [low - room, high + room];
    }

    private static double Part(double value, double[] range) => (Math.Log10(value) - range[0]) / (range[1] - range[0]);
}
