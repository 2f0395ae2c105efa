namespace TResNet.Graphs;

/// <summary>The arithmetic of windows that slide over a map.</summary>
internal static class Window
{
    /// <summary><c>3x3/2</c>: a kernel and, where it is not 1, its stride.</summary>
    internal static string Describe(Pair kernel, Pair stride) =>
        $"{kernel.Height}x{kernel.Width}" + (stride == Pair.Of(1) ? "" : $"/{stride}");

    /// <summary>The padding that keeps a map's size.</summary>
    internal static Pair HalfOf(Pair kernel, Pair dilation) =>
        new(kernel.Height / 2 * dilation.Height, kernel.Width / 2 * dilation.Width);

    /// <summary>Height and width of the result.</summary>
    internal static (long Height, long Width) Slide(
        Value x,
        Pair kernel,
        Pair stride,
        Pair padding,
        Pair dilation,
        bool ceil = false
    ) =>
        (
            Slide(x.Shape[2], kernel.Height, stride.Height, padding.Height, dilation.Height, ceil),
            Slide(x.Shape[3], kernel.Width, stride.Width, padding.Width, dilation.Width, ceil)
        );

    private static long Slide(long size, long kernel, long stride, long padding, long dilation, bool ceil)
    {
        var room = size + (2 * padding) - (dilation * (kernel - 1)) - 1;
        if (!ceil)
        {
            return (room / stride) + 1;
        }

        // A window that would start in the padding beyond the end is none: PyTorch's rule.
        var count = ((room + stride - 1) / stride) + 1;
        return (count - 1) * stride >= size + padding ? count - 1 : count;
    }
}
