using System.Globalization;
using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Compare;

/// <summary>A comparison as a table that sorts, and as charts.</summary>
internal static class ComparisonViews
{
    public static View Of(Comparison comparison) => new() { Parts = [Table(comparison), .. Charts(comparison)] };

    /// <summary>The charts that there are points for: accuracy against work, and against speed where it was measured.</summary>
    public static IEnumerable<Figure> Charts(Comparison comparison)
    {
        var published = comparison.Networks.Where(network => network.Top1 is not null).ToArray();
        if (published.Length > 1)
        {
            yield return AccuracyChart.AgainstWork(comparison);
        }

        if (published.Count(network => network.Inference is not null) > 1)
        {
            yield return AccuracyChart.AgainstSpeed(comparison);
        }

        if (comparison.Networks.Count(network => network.Inference is not null) >= CorrelationChart.Fewest)
        {
            yield return AgainstTime(ModelCost.MultiplyAdds, comparison);
            yield return AgainstTime(ModelCost.Activations, comparison);
        }
    }

    public static Table Table(Comparison comparison)
    {
        var networks = comparison.Networks;
        var sources = new Sources(networks.Select(network => network.Top1Source));
        var sizes = networks.Select(network => network.InputSize).Distinct().Count() > 1;
        var (inference, training) = (Has(networks, each => each.Inference), Has(networks, each => each.Training));
        var columns = new List<(Column Column, Func<ComparedNetwork, Cell> Cell)>
        {
            (new("model"), network => network.Name),
        };
        void Add(bool shown, Column column, Func<ComparedNetwork, Cell> cell)
        {
            if (shown)
            {
                columns.Add((column, cell));
            }
        }

        Add(sizes, new("input", true, Rank: 1), each => ModelViews.Number(each.InputSize, $"{each.InputSize}"));
        Add(true, new("parameters", true), each => ModelViews.Count(each.Parameters));
        Add(true, new("multiply-adds", true), each => ModelViews.Count(each.MultiplyAdds));
        Add(true, new("activations", true, Rank: 2), each => ModelViews.Count(each.Activations));
        Add(true, new("top-1", true), each => ModelViews.Top1(each.Top1, each.Top1Source, sources));
        Add(
            inference,
            new(training ? "inference" : "images/s", true),
            each => Speed(each.Inference, Inferences(networks))
        );
        Add(training, new("training", true), each => Speed(each.Training, Trainings(networks)));
        return new Table
        {
            Columns = [.. columns.Select(each => each.Column)],
            Rows = [.. networks.Select(network => columns.Select(each => each.Cell(network)).ToArray())],
            Note = string.Join('\n', Notes(comparison, sources).OfType<string>()),
            Sortable = networks.Count > 1,
        };
    }

    private static IEnumerable<string?> Notes(Comparison comparison, Sources sources)
    {
        var networks = comparison.Networks;
        yield return sources.Note;
        var unpublished = networks.Where(network => network.Top1 is null).ToArray();
        if (unpublished.Length > 0)
        {
            yield return $"No top-1 is published for {DisplayText.List(Names(unpublished))}.";
        }

        foreach (var (mode, way) in Ways(networks))
        {
            yield return $"Images/s in {mode}, median on this machine: {way}.";
        }

        foreach (var sentence in RatioText.Notes([.. Inferences(networks), .. Trainings(networks)]))
        {
            yield return sentence;
        }

        yield return Apart(networks);
        if (networks.Count(network => network.Inference is not null) >= CorrelationChart.Fewest)
        {
            yield return CorrelationChart.Sentence(
                ThroughputMode.Inference,
                Timed(comparison, network => network.MultiplyAdds),
                Timed(comparison, network => network.Activations)
            );
        }

        var unmeasured = networks.Where(network => network.Inference is null && network.Training is null).ToArray();
        if (unmeasured.Length > 0)
        {
            var way = comparison.BatchSize is { } size ? $" with batches of {size}" : "";
            yield return unmeasured.Length < networks.Count
                ? $"Not measured{(way.Length > 0 ? way : " so")} on this machine: {DisplayText.List(Names(unmeasured))}; the profile command does it."
                : $"None was measured on this machine{way}: the profile command does it.";
        }
    }

    private static IEnumerable<(string Mode, string Way)> Ways(IReadOnlyList<ComparedNetwork> networks)
    {
        var inference = networks.Select(network => network.Inference).OfType<ThroughputResult>().FirstOrDefault();
        var training = networks.Select(network => network.Training).OfType<ThroughputResult>().FirstOrDefault();
        var same =
            inference is not null
            && training is not null
            && ProfileViews.WayOf(inference) == ProfileViews.WayOf(training);
        if (inference is not null)
        {
            yield return (same ? "inference and training" : "inference", ProfileViews.WayOf(inference));
        }

        if (training is not null && !same)
        {
            yield return ("training", ProfileViews.WayOf(training));
        }
    }

    private static ThroughputResult[] Inferences(IEnumerable<ComparedNetwork> networks) =>
        [.. networks.Select(network => network.Inference).OfType<ThroughputResult>()];

    private static ThroughputResult[] Trainings(IEnumerable<ComparedNetwork> networks) =>
        [.. networks.Select(network => network.Training).OfType<ThroughputResult>()];

    /// <summary>What was timed at another time than the first is worth less beside it.</summary>
    private static string? Apart(IReadOnlyList<ComparedNetwork> networks)
    {
        var first = networks.FirstOrDefault(network => network.Inference is not null);
        var apart = networks
            .Where(network =>
                network.Inference is { } own && network != first && PairedRatio.Of(own, first!.Inference!) is null
            )
            .ToArray();
        return apart.Length == 0
            ? null
            : $"Timed at another time than {first!.Name}: {DisplayText.List(Names(apart))}. A difference of some percent means nothing there; the profile command times networks in turns that are named together.";
    }

    private static Cell Speed(ThroughputResult? result, ThroughputResult[] results) =>
        result is null
            ? Cell.Unknown
            : ModelViews.Number(result.Median, DisplayText.Rate(result.Median)) with
            {
                Aside = RatioText.Beside(result, results),
                Hint =
                    $"median of {result.Rounds.Count} rounds from {DisplayText.Rate(result.Min)} to {DisplayText.Rate(result.Max)}, "
                    + result.Date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
            };

    private static bool Has(IEnumerable<ComparedNetwork> networks, Func<ComparedNetwork, ThroughputResult?> speed) =>
        networks.Any(network => speed(network) is not null);

    private static string[] Names(IEnumerable<ComparedNetwork> networks) => [.. networks.Select(each => each.Name)];

    /// <summary>Time for an image against a count; networks that were not measured are left out.</summary>
    public static Figure AgainstTime(ModelCost cost, Comparison comparison)
    {
        var first = comparison.Networks.Select(network => network.Inference).OfType<ThroughputResult>().First();
        return CorrelationChart.Draw(
            cost,
            first,
            Timed(comparison, network => cost == ModelCost.MultiplyAdds ? network.MultiplyAdds : network.Activations)
        );
    }

    /// <summary>The networks of a comparison that were timed in inference.</summary>
    public static TimedNetwork[] Timed(Comparison comparison, Func<ComparedNetwork, double> cost) =>
        [
            .. comparison
                .Networks.Where(network => network.Inference is not null)
                .Select(network => new TimedNetwork(network.Name, cost(network), 1 / network.Inference!.Median)),
        ];
}
