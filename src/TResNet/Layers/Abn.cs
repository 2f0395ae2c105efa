// Activated batch normalisation: arXiv 2003.13630, section 2.3 ("In-Place Activated BatchNorm"), after Rota Bulo et al., arXiv 1712.02616.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Batch normalisation and its activation as one layer, with the activation applied in place on the normalised tensor: nothing of its size
/// is kept for backward beside it.
/// </summary>
public sealed class Abn : Normalization
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    private readonly Activation activation;
    private readonly AbnWeight weightKind;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;

    /// <summary>Makes the layer: weight 1, bias 0, running mean 0 and variance 1.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="activation">What follows the normalisation.</param>
    /// <param name="weightKind">How the weight scales; see <see cref="AbnWeight"/>.</param>
    public Abn(long channels, Activation activation, AbnWeight weightKind = AbnWeight.Plain)
        : base(nameof(Abn))
    {
        this.activation = activation;
        this.weightKind = weightKind;
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels).DetachFromDisposeScope();
        running_var = ones(channels).DetachFromDisposeScope();
        num_batches_tracked = tensor(0L).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>The activation.</summary>
    public Activation Activation => activation;

    /// <summary>How the weight scales.</summary>
    public AbnWeight WeightKind => weightKind;

    /// <summary>Normalises and activates [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        if (training)
        {
            using var _ = no_grad();
            get_buffer(nameof(num_batches_tracked))!.add_(1).Dispose();
        }

        using var scale = Scale();
        var normalised = nn.functional.batch_norm(
            x,
            get_buffer(nameof(running_mean))!,
            get_buffer(nameof(running_var))!,
            scale,
            get_parameter(nameof(bias))!,
            training,
            Momentum,
            Epsilon
        );
        return activation.ApplyInPlace(normalised);
    }

    private Tensor Scale()
    {
        var raw = get_parameter(nameof(weight))!;
        if (weightKind == AbnWeight.Plain)
        {
            return raw.alias();
        }

        // |w| + eps, with the derivative +1 at zero: abs() has 0 there, and a weight that starts at zero would never train.
        using var scope = NewDisposeScope();
        return (raw.where(raw >= 0, -raw) + Epsilon).MoveToOuterDisposeScope();
    }
}

/// <summary>How an <see cref="Abn"/>'s weight scales the normalised input.</summary>
public enum AbnWeight
{
    /// <summary>By itself, as BatchNorm does. timm's TResNet.</summary>
    Plain,

    /// <summary>By |weight| + 1e-5, as the in-place ABN of the official TResNet does: never zero, so that it can be inverted.</summary>
    Magnitude,
}
