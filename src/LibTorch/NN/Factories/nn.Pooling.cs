// torch.nn.AvgPool2d, MaxPool2d and AdaptiveAvgPool2d.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The means over windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
        /// <param name="padding">Rows and columns of zeros at each side; 0 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
        /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
        public static AvgPool2d AvgPool2d(
            long[] kernel_size,
            long[]? stride = null,
            long[]? padding = null,
            bool ceil_mode = false,
            bool count_include_pad = true,
            long? divisor_override = null
        ) => new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        /// <summary>The means over windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
        /// <param name="padding">Rows and columns of zeros at each side; 0 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
        /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
        public static AvgPool2d AvgPool2d(
            (long, long) kernel_size,
            (long, long)? stride = null,
            (long, long)? padding = null,
            bool ceil_mode = false,
            bool count_include_pad = true,
            long? divisor_override = null
        ) =>
            new(
                [kernel_size.Item1, kernel_size.Item2],
                Sides(stride),
                Sides(padding),
                ceil_mode,
                count_include_pad,
                divisor_override
            );

        /// <summary>The means over square windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Step in both directions; the window's size by default.</param>
        /// <param name="padding">Rows and columns of zeros at each side; 0 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
        /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
        public static AvgPool2d AvgPool2d(
            long kernel_size,
            long? stride = null,
            long? padding = null,
            bool ceil_mode = false,
            bool count_include_pad = true,
            long? divisor_override = null
        ) =>
            new(
                [kernel_size, kernel_size],
                Sides(stride),
                Sides(padding),
                ceil_mode,
                count_include_pad,
                divisor_override
            );

        /// <summary>The maxima over square windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Step in both directions; the window's size by default.</param>
        /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
        /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        public static MaxPool2d MaxPool2d(
            long kernel_size,
            long? stride = null,
            long? padding = null,
            long? dilation = null,
            bool ceil_mode = false
        ) => new([kernel_size, kernel_size], Sides(stride), Sides(padding), Sides(dilation), ceil_mode);

        /// <summary>The maxima over windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
        /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
        /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        public static MaxPool2d MaxPool2d(
            (long, long) kernel_size,
            (long, long)? stride = null,
            (long, long)? padding = null,
            (long, long)? dilation = null,
            bool ceil_mode = false
        ) => new([kernel_size.Item1, kernel_size.Item2], Sides(stride), Sides(padding), Sides(dilation), ceil_mode);

        /// <summary>The maxima over windows of [N, C, H, W].</summary>
        /// <param name="kernel_size">Height and width of a window in pixels.</param>
        /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
        /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
        /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
        /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
        public static MaxPool2d MaxPool2d(
            long[] kernel_size,
            long[]? stride = null,
            long[]? padding = null,
            long[]? dilation = null,
            bool ceil_mode = false
        ) => new(kernel_size, stride, padding, dilation, ceil_mode);

        /// <summary>The means over as many windows of [N, C, H, W] as the output has pixels.</summary>
        /// <param name="output_size">Height and width of the output in pixels.</param>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

        /// <summary>The means over as many windows of [N, C, H, W] as the output has pixels.</summary>
        /// <param name="output_size">Height and width of the output in pixels.</param>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) =>
            new([output_size.Item1, output_size.Item2]);

        /// <summary>The means over as many windows of [N, C, H, W] as the output has pixels.</summary>
        /// <param name="output_size">Height and width of the output in pixels.</param>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

        private static long[]? Sides(long? side) => side is { } s ? [s, s] : null;

        private static long[]? Sides((long, long)? sides) => sides is { } s ? [s.Item1, s.Item2] : null;
    }
}
