using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>The largest number of each window.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Kernel">The window.</param>
/// <param name="Stride">Of the window.</param>
/// <param name="Padding">What lies beyond each border and is never the largest.</param>
/// <param name="Dilation">Of the window.</param>
/// <param name="CeilMode">Whether a window may hang over the border.</param>
internal sealed record MaxPool(Value X, Pair Kernel, Pair Stride, Pair Padding, Pair Dilation, bool CeilMode = false)
    : Unary(X)
{
    internal override string Text =>
        Words(
            "max_pool",
            Window.Describe(Kernel, Stride),
            Dilation != Pair.Of(1) ? $"dilation {Dilation}" : "",
            Padding != Pair.Of(0) ? $"padding {Padding}" : "",
            CeilMode ? "ceil" : ""
        );

    internal override long[] Shape()
    {
        var (height, width) = Window.Slide(X, Kernel, Stride, Padding, Dilation, CeilMode);
        return [X.Shape[0], X.Channels, height, width];
    }
}

/// <summary>The mean of each window.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Kernel">The window.</param>
/// <param name="Stride">Of the window.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="CeilMode">Whether a window may hang over the border; what hangs over does not count.</param>
/// <param name="CountsPadding">Whether the zeros of the padding count.</param>
internal sealed record AveragePool(
    Value X,
    Pair Kernel,
    Pair Stride,
    Pair Padding,
    bool CeilMode = false,
    bool CountsPadding = true
) : Unary(X)
{
    internal override string Text =>
        Words(
            "average_pool",
            Window.Describe(Kernel, Stride),
            Padding == Pair.Of(0) ? "" : $"padding {Padding}" + (CountsPadding ? "" : " uncounted"),
            CeilMode ? "ceil" : ""
        );

    internal override long[] Shape()
    {
        var (height, width) = Window.Slide(X, Kernel, Stride, Padding, Pair.Of(1), CeilMode);
        return [X.Shape[0], X.Channels, height, width];
    }
}

/// <summary>The mean of each channel: [N, C, H, W] to [N, C, 1, 1].</summary>
internal sealed record GlobalMean(Value X) : Unary(X)
{
    internal override string Text => "global_mean";

    internal override long[] Shape() => [X.Shape[0], X.Channels, 1, 1];
}

/// <summary>The largest number of each channel: [N, C, H, W] to [N, C, 1, 1].</summary>
internal sealed record GlobalMax(Value X) : Unary(X)
{
    internal override string Text => "global_max";

    internal override long[] Shape() => [X.Shape[0], X.Channels, 1, 1];
}

/// <summary>Puts a border around a map.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns before.</param>
/// <param name="Right">Columns after.</param>
internal sealed record Pad(Value X, PadKind Kind, long Top, long Bottom, long Left, long Right) : Unary(X)
{
    internal override string Text => $"pad {Kind.ToString().ToLowerInvariant()} {Top} {Bottom} {Left} {Right}";

    internal override long[] Shape() => [X.Shape[0], X.Channels, X.Shape[2] + Top + Bottom, X.Shape[3] + Left + Right];
}

/// <summary>What a border is of.</summary>
internal enum PadKind
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The map mirrored at its outermost row or column.</summary>
    Reflect,

    /// <summary>The outermost row or column.</summary>
    Replicate,
}

/// <summary>
/// The kernel [1 2 1] x [1 2 1] / 16 on each channel, on reflected borders; on replicated ones where a side is 1 and has nothing to reflect.
/// </summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Stride">1 or 2.</param>
internal sealed record Blur(Value X, long Stride) : Unary(X)
{
    /// <summary>What its border of one pixel is of.</summary>
    internal PadKind Border => BorderOf(X.Shape);

    /// <summary>The kernel of each channel, [channels, 1, 3, 3].</summary>
    internal static Tensor Kernel(long channels, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var row = tensor(new float[] { 1, 2, 1 }, device: device);
        return (row.view(3, 1) * row.view(1, 3) / 16).repeat(channels, 1, 1, 1).MoveToOuterDisposeScope();
    }

    /// <summary>What the border of a map of this shape is of.</summary>
    internal static PadKind BorderOf(IReadOnlyList<long> shape) =>
        shape[2] > 1 && shape[3] > 1 ? PadKind.Reflect : PadKind.Replicate;

    internal override string Text => Words("blur", Window.Describe(Pair.Of(3), Pair.Of(Stride)));

    internal override long[] Shape()
    {
        var (height, width) = Window.Slide(X, Pair.Of(3), Pair.Of(Stride), Pair.Of(1), Pair.Of(1));
        return [X.Shape[0], X.Channels, height, width];
    }
}
