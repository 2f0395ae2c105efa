namespace TResNet.Layers;

/// <summary>What normalises and activates in a network, as data: one value to exchange in an ablation.</summary>
/// <example><c>Models.TResNetM() with { NormAct = NormAct.EvoNormS0 }</c></example>
public sealed record NormAct
{
    private NormAct(NormKind kind, Activation activation) => (Kind, Activation) = (kind, activation);

    /// <summary>The normalisation.</summary>
    internal NormKind Kind { get; init; }

    /// <summary>Follows the normalisations inside blocks; EvoNorm has its own and leaves this one out.</summary>
    public Activation Activation { get; init; }

    /// <summary>Follows the normalisations of the stem; <see cref="Activation"/> where it is null.</summary>
    public Activation? Stem { get; init; }

    /// <summary>Follows the sum of branch and shortcut; <see cref="Activation"/> where it is null.</summary>
    public Activation? Sum { get; init; }

    /// <summary>EvoNorm-S0: no batch statistics (Liu et al., arXiv 2004.02967, table 1); ReLU after the sum.</summary>
    public static NormAct EvoNormS0 => new(NormKind.EvoNormS0, Activation.SiLU) { Sum = Activation.ReLU };

    /// <summary>EvoNorm-B0: the larger of the batch's and the instance's statistics (Liu et al., arXiv 2004.02967, table 1); ReLU after the sum.</summary>
    public static NormAct EvoNormB0 => new(NormKind.EvoNormB0, Activation.Identity) { Sum = Activation.ReLU };

    /// <summary>Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167), and one activation everywhere.</summary>
    /// <param name="activation">Such as <c>Activation.SiLU</c>.</param>
    public static NormAct BatchNorm(Activation activation) => new(NormKind.BatchNorm, activation);

    /// <summary>In-place ABN (Rota Bulo et al., arXiv 1712.02616), whose weight counts by its magnitude, and one activation everywhere.</summary>
    /// <param name="activation">One that can be inverted: leaky ReLU, as in arXiv 2003.13630, section 2.3, ELU, or none.</param>
    public static NormAct InPlaceAbn(Activation activation) => new(NormKind.InPlaceAbn, activation);

    /// <summary>The layer for so many channels.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="activation">What follows; <see cref="ActivationKind.Identity"/> keeps EvoNorm to its weight and bias.</param>
    internal Normalization Make(long channels, Activation activation) =>
        Kind switch
        {
            NormKind.EvoNormS0 => new EvoNormS0(channels, activation.Kind != ActivationKind.Identity),
            NormKind.EvoNormB0 => new EvoNormB0(channels, activation.Kind != ActivationKind.Identity),
            NormKind.InPlaceAbn => new Abn(channels, activation, AbnWeight.Magnitude),
            _ => new Abn(channels, activation),
        };

    /// <summary>What the layers inside a block activate with.</summary>
    internal Activation Inner => IsEvoNorm ? Activation.SiLU : Activation;

    /// <summary>What the stem activates with.</summary>
    internal Activation OfStem => IsEvoNorm ? Activation.SiLU : Stem ?? Activation;

    /// <summary>What follows the sum.</summary>
    internal Activation OfSum => Sum ?? Activation;

    /// <summary>For tables: <c>BatchNorm + LeakyReLU(0.001)</c>.</summary>
    public override string ToString() => IsEvoNorm ? Kind.ToString() : $"{Kind} + {Activation}";

    internal bool IsEvoNorm => Kind is NormKind.EvoNormS0 or NormKind.EvoNormB0;
}

/// <summary>Normalisations.</summary>
internal enum NormKind
{
    /// <summary>By the batch's mean and variance.</summary>
    BatchNorm,

    /// <summary>By the batch's mean and variance, scaled by |weight| + 1e-5, so that it can be inverted.</summary>
    InPlaceAbn,

    /// <summary>x sigmoid(v x) over the deviation of groups of channels within an image.</summary>
    EvoNormS0,

    /// <summary>x over the larger of the batch's deviation and v x + the instance's deviation.</summary>
    EvoNormB0,
}
