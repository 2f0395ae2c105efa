using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>A network as data. A family's file lists them; building turns one into a module.</summary>
public abstract record Architecture
{
    private readonly ModelInfo listed = null!;

    /// <summary>
    /// Name, paper, input size. Of a variant of a listed network the name says what was switched, as in <c>tresnet_m + attention=eca</c>, the
    /// published accuracy is left out and the counts are the variant's own.
    /// </summary>
    public required ModelInfo Info
    {
        get => Switching.Describe(this);
        init => listed = ModelInfo.ListedOf(value);
    }

    /// <summary>What can be changed by name, in order, with what it is now.</summary>
    internal IReadOnlyList<Switch> Switches => Switching.List(this);

    /// <summary>What makes logits of the last feature map.</summary>
    internal HeadKind Head { get; init; }

    /// <summary>What an ML-Decoder is given, where it is the <see cref="Head"/>.</summary>
    internal MLDecoderOptions Decoder { get; init; } = new();

    /// <summary>How the last feature map becomes one vector an image, before a linear classifier.</summary>
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
    /// Whether an image may have several classes, as in the paper's experiment on MS-COCO (arXiv 2003.13630, section 4.3): a network
    /// then predicts for each class a probability of its own. Logits and weights are the same.
    /// </summary>
    public bool MultiLabel { get; init; }

    /// <summary>
    /// What the network was listed as, whatever has been switched since. A family's file reads this and not <see cref="Info"/>, which looks into
    /// the list that is then still being made.
    /// </summary>
    internal ModelInfo Listed => listed;

    /// <summary>What the sides of an input have to be a multiple of.</summary>
    internal abstract int Multiple { get; }

    /// <summary>Its row in the table for each of its switches.</summary>
    internal abstract IReadOnlyList<SwitchRow> Rows { get; }

    /// <summary>
    /// Changes one switch by name: what C# says as <c>with { Attention = Attention.Eca }</c>. The order of several does not matter.
    /// </summary>
    /// <param name="name">A switch's name, such as <c>attention</c>; case does not count, nor whether it has <c>-</c> or <c>_</c>.</param>
    /// <param name="value">One of its choices.</param>
    /// <exception cref="TResNetException">There is no such switch or choice; the sentence says which there are.</exception>
    /// <example><c>Models.Describe("tresnet_m").With("attention", "eca").Build(10)</c></example>
    public virtual Architecture With(string name, string value) => Switching.Set(this, name, value);

    /// <summary>Changes several switches.</summary>
    /// <param name="settings">Each a name, <c>=</c> and a choice: <c>attention=eca</c>.</param>
    /// <exception cref="TResNetException">There is no such switch or choice, or one has no bearing on the result.</exception>
    public virtual Architecture With(IEnumerable<string> settings) => Switching.Set(this, [.. settings]);

    /// <summary>The name.</summary>
    public sealed override string ToString() => Info.Name;

    /// <summary>Refuses numbers out of which no network can be built.</summary>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    internal virtual void Validate()
    {
        Check("a drop rate", DropRate, DropRate is >= 0 and < 1, "0 to 1 exclusive");
        Check("a drop path rate", DropPathRate, DropPathRate is >= 0 and < 1, "0 to 1 exclusive");
        Check("a number of dropout samples", DropoutSamples, DropoutSamples >= 1, "at least 1");
        var (groups, embedding) = (Decoder.NumOfGroups, Decoder.DecoderEmbedding);
        Check("a number of groups", groups, groups >= 1, "at least 1");
        Check(
            "a decoder embedding",
            embedding,
            embedding >= MLDecoderOptions.Heads && embedding % MLDecoderOptions.Heads == 0,
            $"a multiple of {MLDecoderOptions.Heads}, the heads of its attention"
        );
    }

    /// <summary>Refuses a number in one sentence.</summary>
    private protected void Check(string what, double value, bool holds, string range)
    {
        if (!holds)
        {
            throw new TResNetException(
                FormattableString.Invariant($"{listed.Name} was given {what} of {value}: it takes {range}.")
            );
        }
    }
}

/// <summary>What makes logits of the last feature map.</summary>
internal enum HeadKind
{
    /// <summary>Global pooling and a linear layer, or the 1x1 convolution that it is.</summary>
    Linear,

    /// <summary>Queries that look at the whole map (Ridnik et al., arXiv 2111.12933).</summary>
    MLDecoder,
}
