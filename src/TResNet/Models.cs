using System.IO.Enumeration;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Weights;

namespace TResNet;

/// <summary>Every network by name.</summary>
/// <example><c>using var model = Models.Create("tresnet_m", numClasses: 10);</c></example>
public static class Models
{
    /// <summary>Builds a network with fresh weights.</summary>
    /// <param name="name">Its name, see <see cref="List"/>, or that of a variant: <c>tresnet_m + attention=eca</c>.</param>
    /// <param name="numClasses">Length of its output, at least 1.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">There is no such network, or a number is out of range.</exception>
    public static Network Create(string name, int numClasses = 1000, int inChans = 3) =>
        Describe(name).Build(numClasses, inChans);

    /// <summary>
    /// Builds the network that weights are of, and loads them: <c>model.Save</c>, a training and a run's folder write files that say which network it
    /// is, with its switches, classes and images.
    /// </summary>
    /// <param name="path">A <c>.safetensors</c> or <c>.pth</c> file.</param>
    /// <returns>The network in evaluation mode. <see cref="Evaluation.Predictor"/> names its classes and prepares images as it was trained.</returns>
    /// <exception cref="TResNetException">The file is missing or broken, or does not say what network it is of.</exception>
    /// <example><c>using var model = Models.Load("flowers.safetensors");</c></example>
    public static Network Load(string path) => Checkpoint.LoadNetwork(path);

    /// <summary>Builds a network that gives feature maps in place of logits (timm's <c>features_only</c>).</summary>
    /// <param name="name">Its name; see <see cref="List"/>.</param>
    /// <param name="outIndices">Which of its feature maps, from 0 or, backwards, from -1; all where it is null.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <param name="outputStride">By how much the image shrinks at most: 32, or 16 or 8 by dilation, which residual networks have.</param>
    /// <exception cref="TResNetException">There is no such network or map, or a number is out of range.</exception>
    public static FeatureNetwork CreateFeatures(
        string name,
        IReadOnlyList<int>? outIndices = null,
        int inChans = 3,
        int outputStride = 32
    ) =>
        (outputStride == 32 ? Describe(name) : Staged(name) with { OutputStride = outputStride }).BuildFeatures(
            outIndices,
            inChans
        );

    /// <summary>TResNet-M as data (arXiv 2003.13630, table 1): change it with <c>with</c> and build the variant.</summary>
    public static StagedArchitecture TResNetM() => Staged("tresnet_m");

    /// <summary>TResNet-L as data (arXiv 2003.13630, table 1).</summary>
    public static StagedArchitecture TResNetL() => Staged("tresnet_l");

    /// <summary>TResNet-XL as data (arXiv 2003.13630, table 1).</summary>
    public static StagedArchitecture TResNetXL() => Staged("tresnet_xl");

    /// <summary>TResNet V2-L as data: bottlenecks in all stages.</summary>
    public static StagedArchitecture TResNetV2L() => Staged("tresnet_v2_l");

    /// <summary>Our small TResNet for images of 32 pixels, as data.</summary>
    public static StagedArchitecture TResNetNano() => Staged("tresnet_nano");

    /// <summary>ResNet-50 as data (arXiv 1512.03385, table 1).</summary>
    public static StagedArchitecture ResNet50() => Staged("resnet50");

    /// <summary>A network of residual stages as data: all its refinements are switches.</summary>
    /// <param name="name">Its name; see <see cref="List"/>.</param>
    /// <exception cref="TResNetException">There is no such network, or it is one of inverted residuals.</exception>
    public static StagedArchitecture Staged(string name) =>
        Describe(name) as StagedArchitecture
        ?? throw new TResNetException(
            $"{name} is built of inverted residuals, which have no such switches: take a residual network, such as tresnet_m or resnet50."
        );

    /// <summary>The networks whose names match a pattern, in order of family and size.</summary>
    /// <param name="pattern">With <c>*</c> and <c>?</c> as in file names.</param>
    public static IReadOnlyList<ModelInfo> List(string pattern = "*") =>
        [.. Listing.All.Select(a => a.Listed).Where(i => FileSystemName.MatchesSimpleExpression(pattern, i.Name))];

    /// <summary>What a network is, as data: change it with <c>with</c> or by name and build the variant.</summary>
    /// <param name="name">Its name, see <see cref="List"/>, or that of a variant: <c>tresnet_m + attention=eca</c>.</param>
    /// <exception cref="TResNetException">There is no such network, or no such switch or choice.</exception>
    /// <example><c>Models.Describe("tresnet_m").With("attention", "eca").Build(10)</c></example>
    public static Architecture Describe(string name) => Listing.Describe(name);
}
