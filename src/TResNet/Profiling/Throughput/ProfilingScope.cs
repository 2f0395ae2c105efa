using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>A network that is lent to a measurement, with a batch of images for it; as it was before when this is disposed.</summary>
internal sealed class ProfilingScope : IDisposable
{
    private readonly StateScope state;

    /// <param name="model">Takes the images.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">Mode, batch size and precision; validated.</param>
    /// <param name="isLent">Whether it is to be as it was afterwards.</param>
    /// <exception cref="TResNetException">The network does not take the images, or its device does not compute in the precision.</exception>
    public ProfilingScope(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions options,
        bool isLent = true
    )
    {
        MemoryEstimate.Require(model, imageShape, options);
        InputCheck.Try(model, imageShape).Dispose();
        Placement = Placement.Of(model);
        options.ComputeType.Require(Placement.Device);
        Shape = [options.BatchSize, .. imageShape];
        using (var scope = NewDisposeScope())
        {
            Images = scope.Detach(Placement.Move(Pattern(Shape)));
        }

        state = new StateScope(model, options.Mode == ThroughputMode.Training, isLent);
    }

    /// <summary>How its images have to be.</summary>
    public Placement Placement { get; }

    /// <summary>The shape of a batch: <c>[N, C, H, W]</c>.</summary>
    public long[] Shape { get; }

    /// <summary>A batch of a fixed pattern, disposed with this.</summary>
    public Tensor Images { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        state.Dispose();
    }

    // Not random, so that measuring does not move the generator that a run is reproduced with; not zero, so that nothing is skipped.
    public static Tensor Pattern(long[] shape) =>
        arange(shape.Aggregate((a, b) => a * b), dtype: ScalarType.Float32).mul_(0.011f).sin().reshape(shape);
}
