// Coordinate attention: Hou, Zhou, Feng, "Coordinate Attention for Efficient Mobile Network Design", arXiv 2103.02907, figure 2c; with the names, the
// number of channels within and the activation of timm's CoordAttn.
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Layers;

public abstract partial record Attention
{
    /// <summary>Coordinate attention (Hou et al., arXiv 2103.02907), with a 24th of the channels within, as in timm.</summary>
    public static Attention Coordinate { get; } = new CoordinateAttentionKind();
}

/// <summary>Coordinate attention.</summary>
internal sealed record CoordinateAttentionKind : Attention
{
    private const int Divisor = 8;

    // timm: a 16th as in squeeze-and-excitation, and two thirds of that, so that there are about as many weights.
    public CoordinateAttentionKind() => Reduction = 24;

    internal override string Name => "coord";

    internal override string[] OtherNames => ["coordinate"];

    internal override string Label => "CA";

    internal override bool Reduces => true;

    internal override nn.Module<Tensor, Tensor> Make(AttentionPlace place)
    {
        var channels = place.Channels / ReductionIn(place);
        return new CoordinateAttention(
            place.Channels,
            Math.Max(Divisor, (long)(channels + Divisor / 2.0) / Divisor * Divisor)
        );
    }
}

/// <summary>
/// Scales each value by two gates, one of its row and one of its column, which one convolution computes from the means of rows and columns: a channel
/// is weighed where it matters.
/// </summary>
internal sealed class CoordinateAttention : nn.Module<Tensor, Tensor>, IAttentionLayer
{
    /// <summary>What its normalisation adds to the variance: PyTorch's default.</summary>
    internal const double Epsilon = 1e-5;

    // PyTorch's default too.
    private const double Momentum = 0.1;

    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly Conv2d conv_h;
    private readonly Conv2d conv_w;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="reduced">Channels between its convolutions.</param>
    public CoordinateAttention(long channels, long reduced)
        : base(nameof(CoordinateAttention))
    {
        conv1 = new Conv2d(channels, reduced, 1, bias: false);
        bn1 = nn.BatchNorm2d(reduced, Epsilon);
        conv_h = new Conv2d(reduced, channels, 1, bias: false);
        conv_w = new Conv2d(reduced, channels, 1, bias: false);
        RegisterComponents();
    }

    /// <summary>Scales [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (x.shape[2], x.shape[3]);
        var rows = x.mean([3], keepdim: true);
        var columns = x.mean([2], keepdim: true).transpose(2, 3);
        var within = nn.functional.hardswish(Normalised(conv1.call(cat([rows, columns], 2))));
        var ofRows = conv_h.call(within.narrow(2, 0, height)).sigmoid();
        var ofColumns = conv_w.call(within.narrow(2, height, width).transpose(2, 3)).sigmoid();
        return (x * ofColumns * ofRows).MoveToOuterDisposeScope();
    }

    private Tensor Normalised(Tensor x)
    {
        if (!training || !SharedStatistics.AreUsed)
        {
            return bn1.call(x);
        }

        var norm = (BatchNorm2d)bn1;
        using (no_grad())
        {
            norm.get_buffer("num_batches_tracked")!.add_(Scalars.One);
        }

        var parts = new NormParts(norm.weight!, norm.bias!, norm.running_mean, norm.running_var, Momentum, Epsilon);
        return SyncBatchNorm.Apply(x, parts);
    }
}
