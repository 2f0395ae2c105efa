// Images a second, measured so that the number can be compared: warm-up first, then rounds, then their median and spread.

using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Profiling.Options;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Profiling.Throughput;

/// <summary>Measures how fast a network is.</summary>
internal static class ThroughputProfiler
{
    /// <summary>The memory order in which a network is timed, which is that of its filters: <c>channels last</c> or <c>contiguous</c>.</summary>
    public static string MemoryFormatOf(nn.Module<Tensor, Tensor> model) => Placement.Of(model).MemoryFormat;

    /// <summary>
    /// Times a network on images of a fixed pattern. Weights, buffers, gradients and training flags are the same afterwards, bit for bit.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">How to time; null for the defaults.</param>
    /// <param name="progress">Told before the first round and after each.</param>
    /// <param name="cancel">Honoured between two batches; the rounds done so far are the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static ThroughputResult Measure(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions? options = null,
        IProgress<ThroughputProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        options = (options ?? new ThroughputOptions()).Validate();
        progress?.Report(new ThroughputProgress(0, options.Rounds, null));
        using var trial = ThroughputTrial.Prepare(model, imageShape, options, beside: 0, cancel);
        var results = ThroughputTrial.InTurns(
            [trial],
            (_, round, rate) => progress?.Report(new ThroughputProgress(round, options.Rounds, rate)),
            cancel
        );
        return results[0]!;
    }

    /// <summary>A training step on images of no meaning.</summary>
    internal static void Step(nn.Module<Tensor, Tensor> model, Tensor images, SGD optimizer, ComputeType computeType)
    {
        var logits = Logits();
        var labels = arange(images.shape[0], device: images.device).remainder(logits.shape[1]);
        model.zero_grad();
        functional.cross_entropy(logits, labels).backward();
        optimizer.step();

        Tensor Logits()
        {
            using var scope = computeType.Begin(images.device);
            return model.call(images);
        }
    }
}
