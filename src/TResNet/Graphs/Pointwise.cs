using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// activation(x * gate * scale + shift + addend): what one pass over memory computes. The layers give each of its parts as an operation; passes
/// join them.
/// </summary>
/// <param name="X">[N, C, H, W], or [N, C].</param>
internal sealed record Pointwise(Value X) : Operation
{
    /// <summary>A factor for each image and channel, [N, C, 1, 1].</summary>
    internal Value? Gate { get; init; }

    /// <summary>A factor for each channel, [C].</summary>
    internal Tensor? Scale { get; init; }

    /// <summary>A term for each channel, [C].</summary>
    internal Tensor? Shift { get; init; }

    /// <summary>What scale and shift were computed of; null where they are no normalisation's, or joined with something else.</summary>
    internal Statistics? Statistics { get; init; }

    /// <summary>A term of x's size.</summary>
    internal Value? Addend { get; init; }

    /// <summary>What follows.</summary>
    internal Nonlinearity Activation { get; init; }

    /// <summary>Whether it scales or shifts channels.</summary>
    internal bool HasAffine => Scale is not null || Shift is not null;

    /// <summary>Whether it is x * scale + shift alone: a normalisation in evaluation.</summary>
    internal bool IsAffine => HasAffine && Gate is null && Addend is null && Activation.IsIdentity;

    /// <summary>Whether it is activation(x) alone.</summary>
    internal bool IsActivation => !HasAffine && Gate is null && Addend is null && !Activation.IsIdentity;

    /// <summary>Whether it is x + addend alone, or its activation.</summary>
    internal bool IsSum => !HasAffine && Gate is null && Addend is not null;

    /// <summary>Whether it is x * gate alone.</summary>
    internal bool IsGate => !HasAffine && Gate is not null && Addend is null && Activation.IsIdentity;

    internal override string Text =>
        Words(
            Gate is null ? "" : "gate",
            (Scale, Shift) switch
            {
                (null, null) => "",
                (not null, null) => "scale",
                (null, not null) => "shift",
                _ => "affine",
            },
            Addend is null ? "" : "add",
            $"{Activation}"
        );

    internal override IReadOnlyList<Value> Inputs => Present(X, Gate, Addend);

    internal override IEnumerable<Tensor> Weights => Present(Scale, Shift).Concat(Statistics?.Weights ?? []);

    internal override Operation On(Func<Value, Value> other) =>
        this with
        {
            X = other(X),
            Gate = Gate is null ? null : other(Gate),
            Addend = Addend is null ? null : other(Addend),
        };

    internal override long[] Shape() => [.. X.Shape];
}

/// <summary>A batch normalisation in evaluation: (x - mean) / sqrt(variance + epsilon) weight + bias.</summary>
/// <param name="Weight">[C]; null for 1.</param>
/// <param name="Bias">[C]; null for 0.</param>
/// <param name="Mean">[C].</param>
/// <param name="Variance">[C].</param>
/// <param name="Epsilon">What is added to the variance.</param>
internal sealed record Statistics(Tensor? Weight, Tensor? Bias, Tensor Mean, Tensor Variance, double Epsilon)
{
    /// <summary>The tensors, which the graph owns.</summary>
    internal IEnumerable<Tensor> Weights => new[] { Weight, Bias, Mean, Variance }.OfType<Tensor>();
}

/// <summary>EvoNorm-S0 (Liu et al., arXiv 2004.02967, table 1): x sigmoid(v x) / d weight + bias with the deviation d of each group of channels of the image.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="V">[C].</param>
/// <param name="Weight">[C].</param>
/// <param name="Bias">[C].</param>
/// <param name="Groups">Of channels.</param>
/// <param name="Epsilon">What is added to the variance.</param>
internal sealed record EvoNormS0(Value X, Tensor V, Tensor Weight, Tensor Bias, long Groups, double Epsilon) : Unary(X)
{
    internal override string Text => $"evonorm_s0 groups {Groups}";

    internal override IEnumerable<Tensor> Weights => [V, Weight, Bias];

    internal override long[] Shape() => [.. X.Shape];
}

/// <summary>EvoNorm-B0 in evaluation (arXiv 2004.02967, table 1): x / max(deviation, v x + d) weight + bias with the deviation d of each channel of the image.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="V">[C].</param>
/// <param name="Deviation">The training's, [C].</param>
/// <param name="Weight">[C].</param>
/// <param name="Bias">[C].</param>
/// <param name="Epsilon">What is added to the image's variance.</param>
internal sealed record EvoNormB0(Value X, Tensor V, Tensor Deviation, Tensor Weight, Tensor Bias, double Epsilon)
    : Unary(X)
{
    /// <summary>What the deviation is the root of, without epsilon; null where nobody said.</summary>
    internal Tensor? Variance { get; init; }

    internal override string Text => "evonorm_b0";

    internal override IEnumerable<Tensor> Weights => Present(V, Deviation, Weight, Bias, Variance);

    internal override long[] Shape() => [.. X.Shape];
}
