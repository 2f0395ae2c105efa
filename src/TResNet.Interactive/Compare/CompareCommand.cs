using System.CommandLine;
using Notebook;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Compare;

/// <summary>Puts networks side by side.</summary>
internal static class CompareCommand
{
    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var models = ModelsOption.Create(notebook, "tresnet_m", "tresnet_l", "tresnet_xl", "resnet50");
        var batch = new Option<int?>("--batch-size")
        {
            Description =
                "Shows the speed measured with this batch size. Default: the one that most of the networks were measured with.",
            HelpName = "number",
        };
        var variable = CommonOptions.Name("--name", "The variable that gets the comparison.", "comparison");
        var command = new Command(
            name,
            "Compares networks: size, work, published accuracy, and the speed that was profiled here."
        )
        {
            models,
            batch,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var names = ModelsOption.Read(notebook, parsed, models);
                var work = new CompareWork(notebook, measurements, parsed.GetValue(batch));
                var comparison = work.Run(names, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), comparison);
                notebook.Display(new View { Parts = [ComparisonViews.Table(comparison)] });
                foreach (var chart in ComparisonViews.Charts(comparison))
                {
                    notebook.Display(chart);
                }
            }
        );
        return command;
    }
}

/// <summary>One run of the compare command.</summary>
internal sealed class CompareWork(INotebook notebook, Measurements measurements, int? batchSize)
{
    private readonly Lazy<ILookup<string, ThroughputResult>> here = new(measurements.Here);

    public Comparison Run(IReadOnlyList<string> names, CancellationToken cancel)
    {
        var found = new List<(ComparedNetwork Network, IReadOnlyList<ThroughputResult> Measured)>();
        foreach (var name in names)
        {
            cancel.ThrowIfCancellationRequested();
            found.AddRange(
                notebook.TryGetVariable(name, out var value) && value is Network network
                    ? [OfVariable(name, network)]
                    : ModelsOption.Find(name).Select(OfName)
            );
        }

        found = [.. found.DistinctBy(each => each.Network.Name)];
        return new Comparison
        {
            BatchSize = batchSize,
            Networks =
            [
                .. Together(found, ThroughputMode.Inference)
                    .Zip(Together(found, ThroughputMode.Training))
                    .Select(
                        (speeds, i) => found[i].Network with { Inference = speeds.First, Training = speeds.Second }
                    ),
            ],
        };
    }

    private (ComparedNetwork, IReadOnlyList<ThroughputResult>) OfName(ModelInfo info)
    {
        var network = new ComparedNetwork
        {
            Name = info.Name,
            Family = info.Family,
            InputSize = info.InputSize,
            Parameters = info.Parameters,
            MultiplyAdds = info.MultiplyAdds,
            Activations = info.Activations,
            Top1 = info.Top1,
            Top1Source = info.Top1Source,
        };
        return (network, Fitting(here.Value[info.Name], 3, info.InputSize));
    }

    private (ComparedNetwork, IReadOnlyList<ThroughputResult>) OfVariable(string name, Network network)
    {
        var (info, side) = (network.Info, network.DataConfig.InputSize);
        var summary = Summarizer.Summarize(network, network.InChans, side, side);
        var compared = new ComparedNetwork
        {
            Name = MeasuredNetwork.LabelOf(name, network),
            Family = info.Family,
            InputSize = side,
            Parameters = summary.Parameters,
            MultiplyAdds = summary.MultiplyAdds,
            Activations = summary.Activations,
        };
        return (compared, Fitting(measurements.Of(network), network.InChans, side));
    }

    /// <summary>The measurements of the networks as they are, with the images that the counts are for.</summary>
    private ThroughputResult[] Fitting(IEnumerable<ThroughputResult> results, int channels, int side) =>
        [
            .. results.Where(result =>
                result.InputShape is [_, var c, var height, var width]
                && (c, height, width) == (channels, side, side)
                && result.BatchSize == (batchSize ?? result.BatchSize)
                && !result.Options.Optimize
            ),
        ];

    /// <summary>
    /// One result for each network, all measured in the same way, so that they can be compared: the way that most networks were measured in, of
    /// several the latest.
    /// </summary>
    private static ThroughputResult?[] Together(
        IReadOnlyList<(ComparedNetwork Network, IReadOnlyList<ThroughputResult> Measured)> found,
        ThroughputMode mode
    )
    {
        var chosen = found
            .SelectMany(each => each.Measured.Where(result => result.Mode == mode), (each, result) => (each, result))
            .GroupBy(pair => ProfileViews.WayOf(pair.result))
            .OrderByDescending(way => way.DistinctBy(pair => pair.each.Network.Name).Count())
            .ThenByDescending(way => way.Max(pair => pair.result.Date))
            .FirstOrDefault();
        return
        [
            .. found.Select(each =>
                chosen
                    ?.Where(pair => pair.each.Network.Name == each.Network.Name)
                    .Select(pair => pair.result)
                    .MaxBy(result => result.Date)
            ),
        ];
    }
}
