// Pooling layers of images.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The means over windows of [N, C, H, W].</summary>
public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AvgPool2d(
        long[] kernel_size,
        long[]? stride,
        long[]? padding,
        bool ceil_mode,
        bool count_include_pad,
        long? divisor_override
    )
        : base(nameof(AvgPool2d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.ceil_mode = ceil_mode;
        this.count_include_pad = count_include_pad;
        this.divisor_override = divisor_override;
    }

    /// <summary>Height and width of a window in pixels.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Vertical and horizontal step; null is the window's size.</summary>
    public long[]? stride { get; set; }

    /// <summary>Rows and columns of zeros at each side; null is none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Whether windows may reach beyond the border (sizes rounded up, not down).</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Whether zeros of the padding count in a mean.</summary>
    public bool count_include_pad { get; set; }

    /// <summary>What to divide the sums by; null is the number of elements.</summary>
    public long? divisor_override { get; set; }

    /// <summary>Pools.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H', W'].</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

    private protected override string Settings => PoolSettings.Of(kernel_size, stride, padding);
}

/// <summary>The maxima over windows of [N, C, H, W].</summary>
public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode)
        : base(nameof(MaxPool2d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.ceil_mode = ceil_mode;
    }

    /// <summary>Height and width of a window in pixels.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Vertical and horizontal step; null is the window's size.</summary>
    public long[]? stride { get; set; }

    /// <summary>Rows and columns of minus infinity at each side; null is none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Distance of a window's elements; null is 1.</summary>
    public long[]? dilation { get; set; }

    /// <summary>Whether windows may reach beyond the border (sizes rounded up, not down).</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Pools.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H', W'].</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Pools, and says where the maxima are.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>The maxima, and their row-major positions in the plane; both [N, C, H', W'].</returns>
    public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input) =>
        nn.functional.max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);

    private protected override string Settings => PoolSettings.Of(kernel_size, stride, padding);
}

/// <summary>The means over as many windows of [N, C, H, W] as the output has pixels.</summary>
public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AdaptiveAvgPool2d(long[] output_size)
        : base(nameof(AdaptiveAvgPool2d)) => this.output_size = output_size;

    /// <summary>Height and width of the output in pixels.</summary>
    public long[] output_size { get; set; }

    /// <summary>Pools.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H', W'].</returns>
    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);

    private protected override string Settings => $"output_size={PoolSettings.Size(output_size)}";
}

/// <summary>The printed form of pooling layers.</summary>
internal static class PoolSettings
{
    /// <summary>Kernel, stride and padding.</summary>
    public static string Of(long[] kernel, long[]? stride, long[]? padding) =>
        $"kernel_size={Size(kernel)}, stride={Size(stride ?? kernel)}, padding={Size(padding ?? [0])}";

    /// <summary>One number when all are the same.</summary>
    public static string Size(long[] size) =>
        size.All(side => side == size[0]) ? $"{size[0]}" : $"({string.Join(", ", size)})";
}
