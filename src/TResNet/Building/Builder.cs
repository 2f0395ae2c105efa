using TResNet.Architectures;
using TResNet.Compute;

namespace TResNet.Building;

/// <summary>From a network as data to its module.</summary>
public static class Builder
{
    /// <summary>Builds the module with fresh weights from libtorch's generator (see <c>torch.manual_seed</c>).</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="numClasses">Length of its output, at least 1.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    /// <example><c>Models.Describe("tresnet_m").With("attention", "eca").Build(10)</c></example>
    public static Network Build(this Architecture architecture, int numClasses = 1000, int inChans = 3)
    {
        // Before TorchSharp's static constructor, through which what is missing would be told in other words.
        TorchLibrary.Load();
        var name = architecture.Listed.Name;
        if (numClasses < 1)
        {
            throw new TResNetException($"{name} was asked for {numClasses} classes: it takes at least 1.");
        }

        if (inChans < 1)
        {
            throw new TResNetException($"{name} was asked for {inChans} input channels: it takes at least 1.");
        }

        architecture.Validate();
        return architecture switch
        {
            StagedArchitecture staged => new StagedNetwork(staged, numClasses, inChans),
            InvertedArchitecture inverted => new InvertedNetwork(inverted, numClasses, inChans),
            _ => throw new TResNetException($"{name} is a kind of network that nothing here builds."),
        };
    }

    /// <summary>Builds the network without its head: images to the feature maps of its stages, as detection and segmentation need them.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="outIndices">Which of <see cref="Network.FeatureInfo"/>, from 0 or, backwards, from -1; all where it is null.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    public static FeatureNetwork BuildFeatures(
        this Architecture architecture,
        IReadOnlyList<int>? outIndices = null,
        int inChans = 3
    ) => new(architecture.Build(1, inChans), outIndices);
}
