using System.Reflection;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Attention of residual blocks, as data. Each kind has a file, with its layer, its name and a property here that gives it in its usual form; what is
/// such a property can be chosen by name, drawn, counted and profiled.
/// </summary>
/// <example><code>var variant = Models.TResNetM() with { Attention = Attention.Eca };</code></example>
public abstract partial record Attention
{
    /// <summary>None.</summary>
    public static Attention None { get; } = new NoAttention();

    // Made when it is asked for: properties of other files may come after those of this one.
    private static readonly Lazy<IReadOnlyList<Attention>> Usual = new(() =>
        [
            .. typeof(Attention)
                .GetProperties(BindingFlags.Public | BindingFlags.Static)
                .Where(property => property.PropertyType.IsAssignableTo(typeof(Attention)))
                .Select(property => (Attention)property.GetValue(null)!)
                .OrderBy(attention => attention is not NoAttention)
                .ThenBy(attention => attention.Name, StringComparer.Ordinal),
        ]
    );

    /// <summary>Every kind in its usual form, none first and then by name.</summary>
    internal static IReadOnlyList<Attention> All => Usual.Value;

    /// <summary>By what channels are divided within the attention, where it <see cref="Reduces"/>; more than 0.</summary>
    public double Reduction { get; init; }

    /// <summary>The same in basic blocks; null where it is <see cref="Reduction"/>.</summary>
    public double? BasicReduction { get; init; }

    /// <summary>What it is called in settings and in names of variants, as in timm where timm has it.</summary>
    internal abstract string Name { get; }

    /// <summary>Further spellings of its name.</summary>
    internal virtual string[] OtherNames => [];

    /// <summary>What it is called in a diagram.</summary>
    internal abstract string Label { get; }

    /// <summary>Whether <see cref="Reduction"/> has a bearing on it.</summary>
    internal virtual bool Reduces => false;

    /// <summary>Makes its layer; null for none.</summary>
    internal abstract nn.Module<Tensor, Tensor>? Make(AttentionPlace place);

    /// <summary>Names its first number that is out of range.</summary>
    /// <param name="check">Refuses a number unless it holds: what it is, the number, whether it holds, what it takes.</param>
    internal virtual void Validate(Action<string, double, bool, string> check)
    {
        if (Reduces)
        {
            check("an attention's reduction", Reduction, Reduction > 0, "more than 0");
        }
    }

    /// <summary>The number by which channels are divided in a block.</summary>
    private protected double ReductionIn(AttentionPlace place) =>
        place.IsBasic ? BasicReduction ?? Reduction : Reduction;
}

/// <summary>No attention.</summary>
internal sealed record NoAttention : Attention
{
    internal override string Name => "none";

    internal override string Label => "none";

    internal override nn.Module<Tensor, Tensor>? Make(AttentionPlace place) => null;
}

/// <summary>Where in a network an attention is made.</summary>
/// <param name="Channels">Channels of its input and output.</param>
/// <param name="BlockInput">Channels that enter its block.</param>
/// <param name="BlockOutput">Channels that leave its block.</param>
/// <param name="IsBasic">Whether its block is a basic one.</param>
internal readonly record struct AttentionPlace(long Channels, long BlockInput, long BlockOutput, bool IsBasic);

/// <summary>A layer that is attention, whatever it is made of: it is counted, timed and listed as a whole.</summary>
internal interface IAttentionLayer;

/// <summary>Where a block has its attention.</summary>
internal enum AttentionPlacement
{
    /// <summary>After its last normalisation, before the sum (Hu et al., arXiv 1709.01507, figure 3).</summary>
    End,

    /// <summary>
    /// After the 3x3 convolution of a bottleneck, where channels are fewest; at the end of a basic block (arXiv 2003.13630, section 2.2; RegNet).
    /// </summary>
    BeforeWidening,
}
