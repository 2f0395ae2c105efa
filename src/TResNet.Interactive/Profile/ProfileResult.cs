using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>What <c>tresnet-profile</c> found out about one or several networks.</summary>
public sealed record ProfileResult
{
    /// <summary>The networks counted, layer by layer.</summary>
    public required IReadOnlyList<ModelSummary> Summaries { get; init; }

    /// <summary>The networks measured, one result for each network and mode.</summary>
    public required IReadOnlyList<ThroughputResult> Throughputs { get; init; }

    /// <summary>The same networks, optimised for inference; empty where that was not asked for.</summary>
    public IReadOnlyList<ThroughputResult> Optimized { get; init; } = [];

    /// <summary>Where their time goes, one for each network and mode; empty where only the whole was measured.</summary>
    public IReadOnlyList<LayerProfile> Layers { get; init; } = [];

    /// <summary>Whether it was interrupted before all was measured.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The machine's rate of arithmetic in the precision that was measured; null where it was not asked.</summary>
    internal MachineCeiling? Ceiling
    {
        get => Layers.MaxBy(layers => layers.Roof.Ceiling.Gigaflops)?.Roof.Ceiling ?? field;
        init;
    }

    /// <summary>How closely an image's time follows a count: Pearson's r of the logarithms, -1 to 1, of the first mode; NaN of fewer than two networks.</summary>
    /// <param name="cost">What is counted.</param>
    public double Correlation(ModelCost cost)
    {
        var timed = CorrelationChart.Timed(Summaries, Throughputs, summary => CorrelationChart.Of(cost, summary));
        return CorrelationChart.Correlation(
            [.. timed.Select(network => network.Cost)],
            [.. timed.Select(network => network.Seconds)]
        );
    }
}
