// What a batch needs at the least, known before it is tried: a network's feature maps grow with the pixels, so that a look at a small image tells what a
// large one would take. A process that takes more than there is, is ended by the system without a word.

using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Layers;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Counting;

/// <summary>Refuses batches that memory has no room for.</summary>
internal static class MemoryEstimate
{
    /// <summary>The share of free memory that a batch may take: the rest is for what nobody counts.</summary>
    public const double Share = 0.9;

    private const int Side = 128;

    /// <summary>Batches below this many bytes of images are not looked at.</summary>
    private const long Small = 32 << 20;

    /// <summary>Refuses a batch that would take more than what is free; nothing on a GPU, which refuses memory by itself.</summary>
    /// <param name="model">Takes the images; looked at with a small image where it is a network of this library.</param>
    /// <param name="image">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">Mode, batch size and precision.</param>
    /// <param name="free">Memory that is free, in bytes; null for what the system says.</param>
    /// <exception cref="TResNetException">There is no room for it.</exception>
    public static void Require(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> image,
        ThroughputOptions options,
        long? free = null
    )
    {
        if (
            LeastOf(model, image, options) is { } needed
            && (free ?? Machine.AvailableOnceReleased()) is { } available
            && needed > Share * available
        )
        {
            throw new TResNetException(
                $"There is not enough memory for {OutOfMemory.Images(options.BatchSize, image)}: {(options.Mode == ThroughputMode.Training ? "a training step" : "a pass")} would take at least {Machine.InWords(needed)}, and {Machine.InWords(available)} are free; {OutOfMemory.Advice(options.BatchSize)}."
            );
        }
    }

    /// <summary>
    /// Bytes that are in use at once whatever the order of operators, beside the weights: the images, and in inference what comes out of the widest
    /// convolution, in training what all keep for backward where no parameter is frozen. Null for a batch too small to matter, and on a GPU.
    /// </summary>
    public static long? LeastOf(nn.Module<Tensor, Tensor> model, IReadOnlyList<long> image, ThroughputOptions options)
    {
        var images = image.Aggregate(options.BatchSize * (double)sizeof(float), (bytes, size) => bytes * size);
        if (images < Small || Placement.Of(model).Device.type != DeviceType.CPU)
        {
            return null;
        }

        if (model is not Network network)
        {
            return Whole(images);
        }

        var multiple = network.Info.Multiple;
        var side = Math.Max(1, Side / multiple) * multiple;
        var summary = Summarizer.Summarize(network, image[0], side, side);
        // Layers before frozen ones keep nothing, and how many there are is not looked at; an ML-Decoder's queries have no layer before them.
        var keepsAll =
            options.Mode == ThroughputMode.Training
            && network
                .named_parameters()
                .All(p => p.parameter.requires_grad || p.name.EndsWith(MLDecoder.QueryName, StringComparison.Ordinal));
        var outputs = keepsAll ? summary.Activations : summary.Root.Flatten().Max(at => at.Row.OwnActivations);
        var element = options.ComputeType == ComputeType.Float32 ? sizeof(float) : sizeof(float) / 2;
        return Whole(images + options.BatchSize * (double)element * outputs * image[1] * image[2] / (side * side));
    }

    private static long Whole(double bytes) => (long)Math.Min(bytes, long.MaxValue / 2);
}
