using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Two numbers, of rows and of columns.</summary>
internal readonly record struct Pair(long Height, long Width)
{
    /// <summary>The same number twice.</summary>
    internal static Pair Of(long both) => new(both, both);

    /// <summary>As TorchSharp takes it.</summary>
    internal long[] ToArray() => [Height, Width];

    /// <summary><c>2</c>, or <c>2x1</c>.</summary>
    public override string ToString() => Height == Width ? $"{Height}" : $"{Height}x{Width}";
}

/// <summary>activation(weight * x + bias + addend) on a map.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Weight">[out, C / groups, kH, kW].</param>
/// <param name="Bias">[out].</param>
/// <param name="Stride">Of the kernel.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Dilation">Of the kernel.</param>
/// <param name="Groups">Of channels.</param>
internal sealed record Convolution(
    Value X,
    Tensor Weight,
    Tensor? Bias,
    Pair Stride,
    Pair Padding,
    Pair Dilation,
    long Groups
) : Operation
{
    /// <summary>What is added to the result, of its size.</summary>
    internal Value? Addend { get; init; }

    /// <summary>What follows.</summary>
    internal Nonlinearity Activation { get; init; }

    /// <summary>Of the weight.</summary>
    internal Pair Kernel => new(Weight.shape[2], Weight.shape[3]);

    /// <summary>Channels of the result.</summary>
    internal long OutChannels => Weight.shape[0];

    /// <summary>Whether each channel has a kernel of its own.</summary>
    internal bool IsDepthwise => Groups > 1 && Groups == OutChannels && Weight.shape[1] == 1;

    internal override string Text =>
        Words(
            IsDepthwise ? "depthwise" : "",
            "convolution",
            Window.Describe(Kernel, Stride),
            $"{OutChannels}",
            Groups > 1 && !IsDepthwise ? $"groups {Groups}" : "",
            Dilation != Pair.Of(1) ? $"dilation {Dilation}" : "",
            Padding != Window.HalfOf(Kernel, Dilation) ? $"padding {Padding}" : "",
            Bias is null ? "" : "bias",
            Addend is null ? "" : "add",
            $"{Activation}"
        );

    internal override IReadOnlyList<Value> Inputs => Addend is null ? [X] : [X, Addend];

    internal override IEnumerable<Tensor> Weights => Present(Weight, Bias);

    internal override Operation On(Func<Value, Value> other) =>
        this with
        {
            X = other(X),
            Addend = Addend is null ? null : other(Addend),
        };

    internal override long[] Shape()
    {
        var (height, width) = Window.Slide(X, Kernel, Stride, Padding, Dilation);
        return [X.Shape[0], OutChannels, height, width];
    }
}

/// <summary>activation(x weight' + bias) on vectors.</summary>
/// <param name="X">[N, in].</param>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out].</param>
internal sealed record Linear(Value X, Tensor Weight, Tensor? Bias) : Unary(X)
{
    /// <summary>What follows.</summary>
    internal Nonlinearity Activation { get; init; }

    internal override string Text => Words("linear", $"{Weight.shape[0]}", Bias is null ? "" : "bias", $"{Activation}");

    internal override IEnumerable<Tensor> Weights => Present(Weight, Bias);

    internal override long[] Shape() => [X.Shape[0], Weight.shape[0]];
}
