using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>Forward passes of a network in evaluation mode over images of one size, as it is or optimised.</summary>
internal sealed class EvaluationPass : IDisposable
{
    // A network is as quick with so many pixels at a time as with more, and optimising tries each of its layers with them.
    private const long MostPixels = 8 * 224 * 224;

    private readonly nn.Module<Tensor, Tensor> model;
    private readonly ComputeType computeType;
    private readonly OptimizedModule? own;

    /// <param name="model">Takes images <c>[N, C, H, W]</c>; may be optimised already.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="computeType">What convolutions compute in; a network that is optimised already computes in its own.</param>
    /// <param name="count">Images that will come.</param>
    /// <param name="most">Images in a batch at most, at least 1.</param>
    /// <param name="optimize">Whether to optimise the network.</param>
    /// <param name="cancel">Honoured while it is optimised.</param>
    /// <exception cref="TResNetException">There is no memory for a batch, it cannot be optimised, or its device does not compute in the precision.</exception>
    public EvaluationPass(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ComputeType computeType,
        int count,
        int most,
        bool optimize,
        CancellationToken cancel
    )
    {
        (this.model, this.computeType) = (model, computeType);
        computeType.Require(Placement.Of(model).Device);
        var optimizes = optimize && model is not OptimizedModule && count > 0;
        most = optimizes ? (int)Math.Clamp(MostPixels / (imageShape[1] * imageShape[2]), 1, most) : most;
        var full = new ThroughputOptions { BatchSize = Math.Clamp(count, 1, most), ComputeType = computeType };
        MemoryEstimate.Require(model, imageShape, full);
        if (optimizes)
        {
            // All batches cost as much as a full one, so the last one is nearly full.
            var batches = (count + most - 1) / most;
            using var scope = NewDisposeScope();
            var example = ProfilingScope.Pattern([(count + batches - 1) / batches, .. imageShape]);
            own = model.Optimize(Placement.Of(model).Move(example), computeType.TypeOf(), cancel);
        }

        BatchSize = (int)Math.Min(most, Fast?.BatchSize ?? most);
    }

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; }

    private OptimizedModule? Fast => own ?? model as OptimizedModule;

    /// <summary>The logits [N, classes] of images, in float32.</summary>
    public Tensor Logits(Tensor images)
    {
        if (Fast is { } fast)
        {
            return fast.CallFilled(images);
        }

        using var scope = computeType.Begin(images.device);
        return model.call(images).to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public void Dispose() => own?.Dispose();
}
