namespace TResNet.Layers;

/// <summary>Channel attention of residual blocks, as data.</summary>
/// <param name="Kind">Which one.</param>
/// <example><c>Models.TResNetM() with { Attention = Attention.Eca }</c></example>
public sealed record Attention(AttentionKind Kind)
{
    /// <summary>
    /// Squeeze-and-excitation: by what the channels that leave the block are divided for those between its two convolutions, more than 0.
    /// </summary>
    public double Reduction { get; init; } = 16;

    /// <summary>The same in basic blocks; null where it is <see cref="Reduction"/>.</summary>
    public double? BasicReduction { get; init; }

    /// <summary>Squeeze-and-excitation: the fewest channels between its two convolutions, at least 1.</summary>
    public int MinimumWidth { get; init; } = 8;

    /// <summary>Squeeze-and-excitation: what the channels between its two convolutions are rounded to a multiple of, at least 1.</summary>
    public int Divisor { get; init; } = 8;

    /// <summary>Whether <see cref="Reduction"/> divides the channels that enter the block, as RegNet has it, and not those that leave it.</summary>
    public bool ReducesInput { get; init; }

    /// <summary>None.</summary>
    public static Attention None { get; } = new(AttentionKind.None);

    /// <summary>Squeeze-and-excitation with a sixteenth of the channels (Hu et al., arXiv 1709.01507, section 3).</summary>
    public static Attention SqueezeExcite { get; } = new(AttentionKind.SqueezeExcite);

    /// <summary>Efficient channel attention (Wang et al., arXiv 1910.03151).</summary>
    public static Attention Eca { get; } = new(AttentionKind.Eca);

    /// <summary>Efficient channel attention whose convolution is circular: the last channel neighbours the first (timm's cECA).</summary>
    public static Attention CircularEca { get; } = new(AttentionKind.CircularEca);

    /// <summary>The channels between the two convolutions of squeeze-and-excitation.</summary>
    internal long Reduced(bool basic, long blockInput, long blockOutput)
    {
        var channels = (ReducesInput ? blockInput : blockOutput) / (basic ? BasicReduction ?? Reduction : Reduction);
        var rounded = Divisor == 1 ? (long)Math.Round(channels) : (long)(channels + Divisor / 2.0) / Divisor * Divisor;
        return Math.Max(MinimumWidth, rounded);
    }
}

/// <summary>Channel attentions.</summary>
public enum AttentionKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>A gate from all channels' means, by two dense layers.</summary>
    SqueezeExcite,

    /// <summary>A gate from neighbouring channels' means, by a convolution over channels.</summary>
    Eca,

    /// <summary>The same, with the channels in a circle.</summary>
    CircularEca,
}

/// <summary>Where a block has its attention.</summary>
public enum AttentionPlacement
{
    /// <summary>After its last normalisation, before the sum (Hu et al., arXiv 1709.01507, figure 3).</summary>
    End,

    /// <summary>
    /// After the 3x3 convolution of a bottleneck, where channels are fewest; at the end of a basic block (arXiv 2003.13630, section 2.2; RegNet).
    /// </summary>
    BeforeWidening,
}
