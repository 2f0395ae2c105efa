// Dynamic loss scaling: P. Micikevicius et al., "Mixed Precision Training", arXiv 1710.03740, section 3.2; the numbers are those of PyTorch's GradScaler.
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Where the scale of a run's loss stands.</summary>
/// <param name="Scale">What the loss is multiplied by: a power of two, so that no bit of a gradient changes.</param>
/// <param name="GoodSteps">Steps with finite gradients since the scale last changed.</param>
internal sealed record LossScaleState(double Scale, int GoodSteps);

/// <summary>
/// Keeps small gradients above float16's least number: multiplies the loss, divides the gradients, and leaves out a step whose gradients went
/// beyond the greatest. The scale halves then, and doubles after many steps without.
/// </summary>
/// <param name="initial">The scale to begin with; a power of two.</param>
/// <param name="growthInterval">Steps with finite gradients after which it doubles.</param>
internal sealed class LossScale(double initial = 65536, int growthInterval = 2000)
{
    // Scales are powers of two that float32 holds; below the least one the gradients are infinite by themselves.
    private const double Greatest = 1.7014118346046923e38;
    private const double Least = 1.0 / 65536;

    /// <summary>Where the scale stands.</summary>
    public LossScaleState State { get; set; } = new(initial, 0);

    /// <summary>The loss to go backward from.</summary>
    public Tensor Apply(Tensor loss) => loss * State.Scale;

    /// <summary>Divides the gradients by the scale, and moves the scale.</summary>
    /// <param name="parameters">Those without a gradient are left alone.</param>
    /// <returns>Whether the gradients are finite, so that they make a step.</returns>
    /// <exception cref="TResNetException">They are not at any scale.</exception>
    public bool Unscale(IEnumerable<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        var isFinite = gradients.Length == 0 || Gradients.Unscale(gradients, 1 / State.Scale);
        State = isFinite ? Grown() : State with { Scale = State.Scale / 2, GoodSteps = 0 };
        return State.Scale >= Least
            ? isFinite
            : throw new TResNetException(
                "The gradients are infinite or undefined however small the scale of the loss; train with bfloat16, or with a lower learning rate."
            );
    }

    private LossScaleState Grown()
    {
        var good = State.GoodSteps + 1;
        return good < growthInterval ? State with { GoodSteps = good } : new(Math.Min(State.Scale * 2, Greatest), 0);
    }
}
