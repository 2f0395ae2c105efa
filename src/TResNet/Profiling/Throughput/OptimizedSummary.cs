using System.Diagnostics;
using TResNet.Compute;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>What an optimised network was made of, kept beyond its life.</summary>
internal sealed record OptimizedSummary
{
    /// <summary>How it ran, in one line: precision, order of the feature maps, memory.</summary>
    public required string Description { get; init; }

    /// <summary>The steps of a call in order, each with the median time of some calls; empty where it ran as TorchScript.</summary>
    public required IReadOnlyList<OptimizedStep> Steps { get; init; }

    /// <summary>How long it took to optimise it.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>
    /// The most resident memory that the process had meanwhile, in bytes, the rest of the process included; null where the system does not tell.
    /// </summary>
    public required long? PeakMemory { get; init; }
}

/// <summary>A network that is optimised to be measured.</summary>
internal sealed class OptimizedTrial : IDisposable
{
    private readonly TimeSpan took;
    private readonly long? peak;

    /// <exception cref="TResNetException">The network cannot be optimised, or not in this precision.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public OptimizedTrial(
        nn.Module<Tensor, Tensor> model,
        Tensor images,
        ComputeType computeType,
        CancellationToken cancel
    )
    {
        Machine.ResetPeakResidentMemory();
        var start = Stopwatch.GetTimestamp();
        Module = model.Optimize(images, computeType.TypeOf(), cancel);
        (took, peak) = (Stopwatch.GetElapsedTime(start), Machine.PeakResidentMemory());
    }

    public OptimizedModule Module { get; }

    public OptimizedSummary Summarize() =>
        new()
        {
            Description = Module.Description,
            Steps = Module.Profile(),
            Took = took,
            PeakMemory = peak,
        };

    public void Dispose() => Module.Dispose();
}
