// Activated batch normalisation: arXiv 2003.13630, section 2.3 ("In-Place Activated BatchNorm"), after Rota Bulo et al., arXiv 1712.02616.
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Batch normalisation and its activation as one layer. With <see cref="AbnWeight.Magnitude"/> and an activation that can be inverted, a CPU
/// keeps its result alone for backward, which the next convolution keeps anyway, and recovers the input from it; nothing may then change the
/// result in place. Otherwise the activation is applied in place on the normalised tensor, and the input is kept beside it.
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

    /// <summary>Whether backward recovers the input from the result where that is possible; otherwise it is batch normalisation and activation.</summary>
    internal bool Recovers { get; set; } = true;

    /// <summary>Normalises and activates [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        if (training)
        {
            using var _ = no_grad();
            get_buffer(nameof(num_batches_tracked))!.add_(Scalars.One);
        }

        var (gamma, beta) = (get_parameter(nameof(weight))!, get_parameter(nameof(bias))!);
        var (mean, variance) = (get_buffer(nameof(running_mean))!, get_buffer(nameof(running_var))!);
        if (Recovers && weightKind == AbnWeight.Magnitude)
        {
            var parts = new NormParts(gamma, beta, mean, variance, Momentum, Epsilon, Epsilon);
            if (
                activation.InKernels is { } inverted
                && InPlaceAbn.Apply(x, parts, inverted, activation.Slope, training, OwnsInput) is { } result
            )
            {
                return result;
            }
        }

        using var scale = Scale(gamma);
        var plain = new NormParts(scale, beta, mean, variance, Momentum, Epsilon);
        if (
            activation.InKernels is { } following
            && BatchNormAct.Apply(x, plain, following, activation.Slope, training) is { } fused
        )
        {
            return fused;
        }

        if (training && SharedStatistics.AreUsed)
        {
            return activation.ApplyInPlace(SyncBatchNorm.Apply(x, plain));
        }

        var normalised = nn.functional.batch_norm(x, mean, variance, scale, beta, training, Momentum, Epsilon);
        return activation.ApplyInPlace(normalised);
    }

    private protected override Value Lower(GraphBuilder graph, Value x)
    {
        using var _ = no_grad();
        var (gamma, beta) = (get_parameter(nameof(weight))!, get_parameter(nameof(bias))!);
        var (mean, variance) = (get_buffer(nameof(running_mean))!, get_buffer(nameof(running_var))!);
        using var scope = NewDisposeScope();
        var scale = weightKind == AbnWeight.Plain ? gamma : Scale(gamma);
        return graph.Activation(
            graph.Normalisation(x, scale, beta, mean, variance, Epsilon),
            activation.ToNonlinearity()
        );
    }

    private Tensor Scale(Tensor raw)
    {
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
