using TResNet.Profiling.Options;

namespace TResNet.Profiling.Layers;

/// <summary>A call of a module, with the time and the work that are its own: those of the modules inside have rows of their own.</summary>
public sealed record LayerTiming
{
    /// <summary>The module's path: <c>body.layer1.0.conv1.conv</c>; empty for the network.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its class.</summary>
    public required string Type { get; init; }

    /// <summary>What it does itself.</summary>
    internal LayerKind Kind { get; init; }

    /// <summary>The position of the call that this one was made in; -1 for the network's.</summary>
    public required int Parent { get; init; }

    /// <summary>Shape of what went in, <c>[N, ...]</c>.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>Shape of what came out, <c>[N, ...]</c>.</summary>
    public required IReadOnlyList<long> OutputShape { get; init; }

    /// <summary>Seconds of the forward pass.</summary>
    public required double Forward { get; init; }

    /// <summary>Seconds of the backward pass, measured on the module alone; 0 in inference.</summary>
    public required double Backward { get; init; }

    /// <summary>Multiply-adds of the forward pass, for all images of the batch.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Operations and bytes of the forward pass; see <see cref="Work"/> for which are estimates.</summary>
    internal Work ForwardWork { get; init; }

    /// <summary>Operations and bytes of the backward pass; nothing in inference.</summary>
    internal Work BackwardWork { get; init; }

    /// <summary>When it began in one forward pass, in seconds after that began.</summary>
    public required double Start { get; init; }

    /// <summary>When it ended, with all that is inside.</summary>
    public required double End { get; init; }

    /// <summary>Seconds of both passes.</summary>
    public double Seconds => Forward + Backward;

    /// <summary>Operations and bytes of both passes.</summary>
    internal Work Work => ForwardWork + BackwardWork;

    /// <summary>The rate of both passes, in GFLOP/s.</summary>
    public double Gigaflops => Seconds > 0 ? Work.Operations / Seconds / 1e9 : 0;

    /// <summary>The rate of both passes, in GB/s.</summary>
    public double GigabytesPerSecond => Seconds > 0 ? Work.Bytes / Seconds / 1e9 : 0;
}

/// <summary>All layers of a kind together.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Layers">Its layers.</param>
internal sealed record KindTiming(LayerKind Kind, IReadOnlyList<LayerTiming> Layers)
{
    /// <summary>Seconds of the forward pass.</summary>
    public double Forward => Layers.Sum(layer => layer.Forward);

    /// <summary>Seconds of the backward pass.</summary>
    public double Backward => Layers.Sum(layer => layer.Backward);

    /// <summary>Seconds of both passes.</summary>
    public double Seconds => Forward + Backward;

    /// <summary>Multiply-adds of the forward pass, for all images of the batch.</summary>
    public long MultiplyAdds => Layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>Operations and bytes of both passes.</summary>
    public Work Work => Layers.Aggregate(default(Work), (sum, layer) => sum + layer.Work);
}

/// <summary>The parts of a pass through the whole network, timed without looking at its layers; medians, in seconds.</summary>
/// <param name="Forward">The forward pass.</param>
/// <param name="Loss">Loss and clearing of gradients; 0 in inference.</param>
/// <param name="Backward">The backward pass; 0 in inference.</param>
/// <param name="Optimizer">The optimiser's step; 0 in inference.</param>
internal sealed record StepTiming(double Forward, double Loss, double Backward, double Optimizer)
{
    /// <summary>The whole step.</summary>
    public double Seconds => Forward + Loss + Backward + Optimizer;
}

/// <summary>Where the time of a network goes.</summary>
public sealed record LayerProfile
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The shape of a batch: <c>[N, C, H, W]</c>.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>The options of the measurement, validated.</summary>
    public required ThroughputOptions Options { get; init; }

    /// <summary>The calls of a forward pass, in the order in which they began; the first is the network's.</summary>
    public required IReadOnlyList<LayerTiming> Layers { get; init; }

    /// <summary>The same pass as a whole.</summary>
    internal StepTiming Step { get; init; } = new(0, 0, 0, 0);

    /// <summary>What the machine can do.</summary>
    public required Roofline Roof { get; init; }

    /// <summary>Whether the measurement was cancelled before its last round, or before backward of all layers was timed.</summary>
    public bool Shortened { get; init; }

    /// <summary>Writes the layers as a Chrome trace, for ui.perfetto.dev; an earlier file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TResNetException">It cannot be written.</exception>
    public void SaveTrace(string path) => ChromeTrace.Write([this], path);

    /// <summary>What was timed.</summary>
    public ThroughputMode Mode => Options.Mode;

    /// <summary>The time of the layers, with loss and optimiser, in seconds; to be held against the time of the whole step.</summary>
    public double PartSeconds => Layers.Sum(layer => layer.Seconds) + Step.Loss + Step.Optimizer;

    /// <summary>The layers by kind, the one that takes most time first.</summary>
    internal IReadOnlyList<KindTiming> Kinds =>
        [
            .. Layers
                .GroupBy(layer => layer.Kind)
                .Select(same => new KindTiming(same.Key, [.. same]))
                .OrderByDescending(kind => kind.Seconds),
        ];

    /// <summary>The share of the layers' time that memory bounds, 0 to 1; what has neither operations nor bytes counts to neither side.</summary>
    public double BoundByMemory
    {
        get
        {
            var passes = Layers
                .SelectMany(layer =>
                    (IEnumerable<(Work Work, double Seconds)>)
                        [(layer.ForwardWork, layer.Forward), (layer.BackwardWork, layer.Backward)]
                )
                .Where(pass => pass.Work.Bytes > 0)
                .ToArray();
            var all = passes.Sum(pass => pass.Seconds);
            return all > 0 ? passes.Where(pass => Roof.IsBoundByMemory(pass.Work)).Sum(pass => pass.Seconds) / all : 0;
        }
    }
}

/// <summary>How far a look at layers has come.</summary>
/// <param name="What">What is being done, in words.</param>
/// <param name="Done">The part done, 0 to 1.</param>
internal sealed record LayerProgress(string What, double Done);
