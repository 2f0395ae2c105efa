using TResNet.Architectures;
using TResNet.Compute;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling;

/// <summary>Measures networks on this machine. Weights, buffers, gradients and training flags are the same afterwards.</summary>
/// <example><code>
/// var result = Profiler.Throughput(network, [3, 224, 224], new ThroughputOptions { BatchSize = 8 });
/// Console.WriteLine($"{result.Median:0.0} images/s");
/// </code></example>
public static class Profiler
{
    /// <summary>How fast a network is: the median of several rounds after a warm-up, on images of a fixed pattern.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">How to time; null for the defaults.</param>
    /// <param name="cancel">Honoured between two batches; the rounds done so far are the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static ThroughputResult Throughput(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions? options = null,
        CancellationToken cancel = default
    ) => ThroughputProfiler.Measure(model, imageShape, options, progress: null, cancel);

    /// <summary>
    /// How fast a network is at several batch sizes, from the smallest to the largest. A batch that would take more memory than there is, by a line
    /// through smaller ones, is not tried on a CPU; on a GPU it is. Either ends the curve, and the result says so.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="batchSizes">Images in a batch, in any order.</param>
    /// <param name="options">How to time each; the batch size in it does not count; null for the defaults.</param>
    /// <param name="memoryLimit">The most that the process may take, in bytes; null for 0.9 of what is free, beside what it has.</param>
    /// <param name="cancel">Honoured between two batches; what was measured is the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    public static SweepResult ThroughputCurve(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        IReadOnlyList<int> batchSizes,
        ThroughputOptions? options = null,
        long? memoryLimit = null,
        CancellationToken cancel = default
    ) =>
        ThroughputSweep.Measure(
            model,
            imageShape,
            batchSizes,
            options ?? new ThroughputOptions(),
            memoryLimit,
            progress: null,
            cancel
        );

    /// <summary>Where the time of a network goes, layer by layer, beside what this machine could do.</summary>
    /// <remarks>Forward is timed within passes of the whole network, backward on each module alone; equal modules with equal inputs are timed once.</remarks>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">Mode, batch size, precision, warm-up and rounds; null for the defaults. No round starts after the budget.</param>
    /// <param name="cancel">Honoured between two passes; after the first round, what is done is the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static LayerProfile Layers(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions? options = null,
        CancellationToken cancel = default
    ) => LayerProfiler.Measure(model, imageShape, options, progress: null, cancel);

    /// <summary>
    /// The largest batch that a network can be trained with, by real steps of growing batches. On a CPU a step fits if the process stays within a
    /// limit, and one that is foretold to go far beyond is not tried; on a GPU it fits unless memory is refused.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; trained where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="memoryLimit">
    /// The most resident memory that the process may have on a CPU, in bytes, above 0; null for what it has and 0.7 of what is free. On a GPU its
    /// memory is the limit, and this has to be null.
    /// </param>
    /// <param name="computeType">The type that convolutions and matrix products compute in.</param>
    /// <param name="most">The largest batch that is looked at, 2 to 65,536.</param>
    /// <param name="cancel">Honoured between two steps; the largest batch found so far is the result.</param>
    /// <exception cref="TResNetException">A value is outside its range, the network does not take the images, or not even a batch of 2 fits.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step was done.</exception>
    public static LargestBatchResult LargestBatch(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        long? memoryLimit = null,
        ComputeType computeType = ComputeType.Float32,
        int most = 4096,
        CancellationToken cancel = default
    ) =>
        Memory.LargestBatch.Find(
            model,
            imageShape,
            new LargestBatchOptions
            {
                MemoryLimit = memoryLimit,
                ComputeType = computeType,
                Most = most,
            },
            progress: null,
            cancel
        );

    /// <summary>
    /// The bytes that a forward pass in training keeps for its backward: what is in use while its result lives, less than before it. In-place ABN
    /// (arXiv 1712.02616) keeps about half of what batch normalisation does.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>; on the CPU.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="batchSize">Images in the batch; 2 to 65,536.</param>
    /// <exception cref="TResNetException">The batch size is outside its range, the network does not take the images or is on a GPU, or the C library does not tell.</exception>
    public static long KeptForBackward(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        int batchSize = 8
    ) => KeptMemory.Count(model, imageShape, batchSize);

    /// <summary>What this machine can do at most: measured once in a process for each precision, device and number of threads, which takes some seconds.</summary>
    /// <param name="computeType">What is computed in.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="TResNetException">The device does not compute in this precision.</exception>
    public static Roofline Ceiling(ComputeType computeType = ComputeType.Float32, Device? device = null) =>
        Roofline.Of(computeType, device);

    /// <summary>
    /// What each refinement of TResNet costs: arXiv 2003.13630, section 2, one added after another to the ResNet-50 that they start from, each network
    /// counted and timed in inference and training.
    /// </summary>
    /// <param name="network">The network with all of them, such as <c>Models.TResNetM()</c>.</param>
    /// <param name="options">How to time; the mode in it does not count, and the batch has to be at least 2. Null for 5 rounds of 8 images, in 10 s.</param>
    /// <param name="inputSize">The side of the images in pixels; null for what the network is meant for.</param>
    /// <param name="largestBatch">Whether to look for each network's largest training batch too, in minutes.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <param name="cancel">Honoured between two batches; the networks that were measured whole are the result.</param>
    /// <exception cref="TResNetException">
    /// The network has none of the refinements, an option is outside its range, or a network does not take the images.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first network was measured.</exception>
    public static AblationResult Ablation(
        StagedArchitecture network,
        ThroughputOptions? options = null,
        int? inputSize = null,
        bool largestBatch = false,
        Device? device = null,
        CancellationToken cancel = default
    )
    {
        var defaults = new AblationOptions();
        return AblationStudy.Run(
            network.Info.Name,
            AblationSteps.Of(network),
            defaults with
            {
                Throughput = options ?? defaults.Throughput,
                InputSize = inputSize,
                LargestBatch = largestBatch
                    ? new LargestBatchOptions { ComputeType = (options ?? defaults.Throughput).ComputeType }
                    : null,
            },
            device,
            progress: null,
            cancel
        );
    }

    /// <summary>A network's layers with their shapes, parameters and multiply-adds: one image of zeros goes through it in evaluation mode.</summary>
    /// <param name="model">Takes images <c>[1, C, H, W]</c>.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <exception cref="TResNetException">The shape is not that of an image, or the network does not take it.</exception>
    public static ModelSummary Summary(nn.Module<Tensor, Tensor> model, params IReadOnlyList<long> imageShape) =>
        Summarizer.Summarize(model, [.. imageShape]);

    extension(ModelInfo info)
    {
        /// <summary>All parameters of a network of the list, or a variant of one, for 1,000 classes; it is not built for that.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long Parameters => ModelCounts.Of(info).Parameters;

        /// <summary>Multiply-adds of one image at <see cref="ModelInfo.InputSize"/>, counted as <see cref="ModelSummary.MultiplyAdds"/> are.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long MultiplyAdds => ModelCounts.Of(info).MultiplyAdds;

        /// <summary>Outputs of all convolutions for one image at <see cref="ModelInfo.InputSize"/>: what a network keeps in memory to be trained.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long Activations => ModelCounts.Of(info).Activations;
    }
}
