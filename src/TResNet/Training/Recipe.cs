// Ways to train that have a name: what the paper says, what its authors' repositories run, and two of our own for less than a week of GPU time.
// Where a source is silent, the value is ours, and Chosen says so.

using System.Globalization;
using TResNet.Compute;
using TResNet.Data.Transforms;

namespace TResNet.Training;

/// <summary>A way to train with a name: the options and augmentations that belong together, and where they are from.</summary>
/// <example><code>
/// var recipe = Recipe.Named("fast");
/// var (train, validation) = ImageSources.Load("flowers");
/// var data = new TransformedDataset(train, 224, recipe.Augmentations, network.Info.Normalize);
/// var held = new TransformedDataset(validation, 224, normalize: network.Info.Normalize);
/// var run = new Trainer(network, data, held, recipe.WithBatches(64).Options).Fit();
/// </code></example>
public sealed record Recipe
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it is from: a section of a paper, or a file of a public repository.</summary>
    public required string Source { get; init; }

    /// <summary>What the source does not say and is chosen here, in a sentence; null where it says everything.</summary>
    public string? Chosen { get; init; }

    /// <summary>How weights are changed.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>How training images are changed.</summary>
    public required Augmentations Augmentations { get; init; }

    /// <summary>What a GPU computes in, where the source says mixed precision; processors compute in float32.</summary>
    public ComputeType OnGpu { get; init; }

    /// <summary>Whether it goes on from weights instead of fresh ones.</summary>
    public bool StartsFromWeights { get; init; }

    /// <summary>The side of the images in pixels; null for what the network is meant for.</summary>
    internal int? InputSize { get; init; }

    /// <summary>How images to test on become squares, where the source says it.</summary>
    internal CropMode CropMode { get; init; }

    /// <summary>The square's side as a share of what is fitted; null for the network's own.</summary>
    internal double? CropPct { get; init; }

    /// <summary>The filter that images to test on are resized by; null for the network's own.</summary>
    internal Interpolation? Interpolation { get; init; }

    /// <summary>Images whose gradients make one step, to which the learning rate belongs.</summary>
    public int ImagesPerStep => Options.BatchSize * Options.GradAccumSteps;

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [Recipes.TResNet, Recipes.Timm, Recipes.Fast, Recipes.FineTune, Recipes.Asl];

    /// <summary>The recipe of a name.</summary>
    /// <param name="name">Such as <c>tresnet</c>; capitals count.</param>
    /// <exception cref="TResNetException">There is none of that name.</exception>
    public static Recipe Named(string name) =>
        All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new TResNetException(
            $"There is no recipe '{name}': take {string.Join(", ", All.SkipLast(1).Select(recipe => recipe.Name))} or {All[^1].Name}."
        );

    /// <summary>
    /// The recipe with other batches, and a learning rate that fits them: in proportion to the images of a step for SGD, RMSprop and Lion
    /// (P. Goyal et al., arXiv 1706.02677, section 2.1), to their square root for Adam and its relatives, as timm does.
    /// </summary>
    /// <param name="batchSize">Images that go through the network at a time; null for the recipe's.</param>
    /// <param name="gradAccumSteps">Batches that make one step; null for the recipe's.</param>
    public Recipe WithBatches(int? batchSize = null, int? gradAccumSteps = null)
    {
        var options = Options with
        {
            BatchSize = batchSize ?? Options.BatchSize,
            GradAccumSteps = gradAccumSteps ?? Options.GradAccumSteps,
        };
        var share = options.BatchSize * (double)options.GradAccumSteps / ImagesPerStep;
        return this with { Options = options with { LearningRate = Options.LearningRate * Scale(share) } };
    }

    /// <summary>The recipe as it is followed on a device.</summary>
    /// <param name="device">Where the network is.</param>
    public Recipe On(TorchSharp.DeviceType device) =>
        device == TorchSharp.DeviceType.CUDA ? this with { Options = Options with { ComputeType = OnGpu } } : this;

    /// <summary>The options, one a line, as the command line writes them.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {Options.Epochs} epochs, {Options.Optimizer}, {ImagesPerStep} images a step at {Options.LearningRate:0.######}"
        );

    private double Scale(double share) => Options.Optimizer.ScalesWithRoot() ? Math.Sqrt(share) : share;
}
