using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>A network as data. A family's file lists them; building turns one into a module.</summary>
public abstract record Architecture
{
    /// <summary>Name, paper, input size.</summary>
    public required ModelInfo Info { get; init; }

    /// <summary>How the last feature map becomes one vector an image.</summary>
    public GlobalPool GlobalPool { get; init; }

    /// <summary>The probability that a feature is dropped before the classifier in training, 0 to 1 exclusive.</summary>
    public double DropRate { get; init; }

    /// <summary>
    /// Multi-sample dropout (Inoue, arXiv 1905.09788): how many drops of the same features the classifier sees in training, at least 1; its
    /// output is the mean of the logits.
    /// </summary>
    public int DropoutSamples { get; init; } = 1;

    /// <summary>The probability that the last block's branch is dropped in training, 0 to 1 exclusive; it rises linearly from 0 at the first block.</summary>
    public double DropPathRate { get; init; }

    /// <summary>
    /// Whether an image may have several classes, as in the paper's experiment on MS-COCO (arXiv 2003.13630, section 4.3): <see
    /// cref="Network.predict"/> then gives each class a probability of its own. Logits and weights are the same.
    /// </summary>
    public bool MultiLabel { get; init; }

    /// <summary>Builds the module with fresh weights from libtorch's generator (see <c>torch.manual_seed</c>).</summary>
    /// <param name="numClasses">Length of its output, at least 1.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    public Network Build(int numClasses = 1000, int inChans = 3)
    {
        if (numClasses < 1)
        {
            throw new TResNetException($"{Info.Name} was asked for {numClasses} classes: it takes at least 1.");
        }

        if (inChans < 1)
        {
            throw new TResNetException($"{Info.Name} was asked for {inChans} input channels: it takes at least 1.");
        }

        Check("a drop rate", DropRate, DropRate is >= 0 and < 1, "0 to 1 exclusive");
        Check("a drop path rate", DropPathRate, DropPathRate is >= 0 and < 1, "0 to 1 exclusive");
        Check("a number of dropout samples", DropoutSamples, DropoutSamples >= 1, "at least 1");
        return Make(numClasses, inChans);
    }

    /// <summary>Builds the network without its head: images to the feature maps of its stages, as detection and segmentation need them.</summary>
    /// <param name="outIndices">Which of <see cref="Network.FeatureInfo"/>, from 0 or, backwards, from -1; all where it is null.</param>
    /// <param name="inChans">Channels of its input, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    public FeatureNetwork BuildFeatures(IReadOnlyList<int>? outIndices = null, int inChans = 3) =>
        new(Build(1, inChans), outIndices);

    /// <summary>Builds the module; the numbers were checked.</summary>
    private protected abstract Network Make(int numClasses, int inChans);

    /// <summary>Refuses a number in one sentence.</summary>
    private protected void Check(string what, double value, bool holds, string range)
    {
        if (!holds)
        {
            throw new TResNetException(
                FormattableString.Invariant($"{Info.Name} was given {what} of {value}: it takes {range}.")
            );
        }
    }
}
