// Squeeze-and-excitation: arXiv 2003.13630, section 2.2 ("Squeeze-and-Excitation"), after Hu et al., arXiv 1709.01507.
using TResNet.Graphs;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Layers;

public abstract partial record Attention
{
    /// <summary>Squeeze-and-excitation with a sixteenth of the channels (Hu et al., arXiv 1709.01507, section 3).</summary>
    public static Attention SqueezeExcite { get; } = new SqueezeExciteAttention();
}

/// <summary>Squeeze-and-excitation: by what the channels that leave the block are divided for those between its two convolutions.</summary>
internal sealed record SqueezeExciteAttention : Attention
{
    /// <summary>A sixteenth of the channels, in multiples of 8.</summary>
    public SqueezeExciteAttention() => Reduction = 16;

    /// <summary>The fewest channels between its two convolutions, at least 1.</summary>
    public int MinimumWidth { get; init; } = 8;

    /// <summary>What the channels between its two convolutions are rounded to a multiple of, at least 1.</summary>
    public int Divisor { get; init; } = 8;

    /// <summary>Whether the reduction divides the channels that enter the block, as RegNet has it, and not those that leave it.</summary>
    public bool ReducesInput { get; init; }

    internal override string Name => "se";

    internal override string[] OtherNames => ["squeeze-excite"];

    internal override string Label => "SE";

    internal override bool Reduces => true;

    internal override nn.Module<Tensor, Tensor> Make(AttentionPlace place)
    {
        var channels = (ReducesInput ? place.BlockInput : place.BlockOutput) / ReductionIn(place);
        var rounded = Divisor == 1 ? (long)Math.Round(channels) : (long)(channels + Divisor / 2.0) / Divisor * Divisor;
        return new Layers.SqueezeExcite(place.Channels, Math.Max(MinimumWidth, rounded));
    }

    internal override void Validate(Action<string, double, bool, string> check)
    {
        base.Validate(check);
        check("an attention's minimum width", MinimumWidth, MinimumWidth >= 1, "at least 1");
        check("an attention's divisor", Divisor, Divisor >= 1, "at least 1");
    }
}

/// <summary>Scales each channel by a gate computed from all channels' means: mean, 1x1 convolution, activation, 1x1 convolution, sigmoid.</summary>
public sealed class SqueezeExcite : nn.Module<Tensor, Tensor>, ILowers, IAttentionLayer
{
    private readonly FastGlobalAvgPool pool;

    // An array: fields would be registered under names of their own.
    private readonly Conv2d[] convolutions;
    private readonly Activation activation;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="reduced">Channels between the two convolutions.</param>
    /// <param name="activation">Stands between them; ReLU by default.</param>
    public SqueezeExcite(long channels, long reduced, Activation? activation = null)
        : this(channels, reduced, activation, SqueezeExciteNames.Fc) { }

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="reduced">Channels between the two convolutions.</param>
    /// <param name="activation">Stands between them; ReLU by default.</param>
    /// <param name="names">What the two convolutions are called.</param>
    internal SqueezeExcite(long channels, long reduced, Activation? activation, SqueezeExciteNames names)
        : base(nameof(SqueezeExcite))
    {
        this.activation = activation ?? Activation.ReLU;
        pool = new FastGlobalAvgPool(flatten: false);
        convolutions = [new Conv2d(channels, reduced, 1), new Conv2d(reduced, channels, 1)];
        RegisterComponents();
        register_module(names == SqueezeExciteNames.Fc ? "fc1" : "conv_reduce", convolutions[0]);
        register_module(names == SqueezeExciteNames.Fc ? "fc2" : "conv_expand", convolutions[1]);
    }

    /// <summary>Scales [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var squeezed = activation.ApplyInPlace(convolutions[0].call(pool.call(x)));
        var gate = convolutions[1].call(squeezed).sigmoid();
        return Product.Apply(x, gate).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var squeezed = graph.Lower([pool, convolutions[0]], x);
        var scores = graph.Lower(convolutions[1], graph.Activation(squeezed, activation.ToNonlinearity()));
        return graph.Gate(x, graph.Activation(scores, Nonlinearity.Sigmoid));
    }
}

/// <summary>What timm calls the two convolutions of a <see cref="SqueezeExcite"/>.</summary>
internal enum SqueezeExciteNames
{
    /// <summary><c>fc1</c> and <c>fc2</c>: the ResNets.</summary>
    Fc,

    /// <summary><c>conv_reduce</c> and <c>conv_expand</c>: the networks of inverted residuals.</summary>
    Conv,
}
