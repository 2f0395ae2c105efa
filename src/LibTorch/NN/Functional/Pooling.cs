// Pooling of images, as functions.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator AvgPool2dOp = new("aten::avg_pool2d");
            private static readonly Operator MaxPool2dOp = new("aten::max_pool2d");
            private static readonly Operator MaxPool2dWithIndicesOp = new("aten::max_pool2d_with_indices");
            private static readonly Operator AdaptiveAvgPool2dOp = new("aten::adaptive_avg_pool2d");

            /// <summary>The means over windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels, or one number for both.</param>
            /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
            /// <param name="padding">Rows and columns of zeros at each side; 0 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
            /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor avg_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? stride = null,
                long[]? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null
            ) =>
                AvgPool2dOp.Call(
                    input,
                    kernel_size,
                    stride ?? kernel_size,
                    padding ?? Zero,
                    ceil_mode,
                    count_include_pad,
                    Arg.OptionalLong(divisor_override)
                );

            /// <summary>The means over square windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels.</param>
            /// <param name="stride">Step in both directions; the window's size by default.</param>
            /// <param name="padding">Rows and columns of zeros at each side.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
            /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor avg_pool2d(
                Tensor input,
                long kernel_size,
                long? stride = null,
                long padding = 0,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null
            ) =>
                avg_pool2d(
                    input,
                    [kernel_size],
                    [stride ?? kernel_size],
                    [padding],
                    ceil_mode,
                    count_include_pad,
                    divisor_override
                );

            /// <summary>The means over windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels.</param>
            /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
            /// <param name="padding">Rows and columns of zeros at each side; 0 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <param name="count_include_pad">Whether zeros of the padding count in a mean.</param>
            /// <param name="divisor_override">What to divide the sums by; the number of elements by default.</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor avg_pool2d(
                Tensor input,
                (long, long) kernel_size,
                (long, long)? stride = null,
                (long, long)? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null
            ) =>
                avg_pool2d(
                    input,
                    [kernel_size.Item1, kernel_size.Item2],
                    Pair(stride),
                    Pair(padding),
                    ceil_mode,
                    count_include_pad,
                    divisor_override
                );

            /// <summary>The maxima over windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels, or one number for both.</param>
            /// <param name="strides">Vertical and horizontal step; the window's size by default.</param>
            /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
            /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor max_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                bool ceil_mode = false
            ) =>
                MaxPool2dOp.Call(
                    input,
                    kernel_size,
                    strides ?? kernel_size,
                    padding ?? Zero,
                    dilation ?? One,
                    ceil_mode
                );

            /// <summary>The maxima over square windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels.</param>
            /// <param name="stride">Step in both directions; the window's size by default.</param>
            /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
            /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor max_pool2d(
                Tensor input,
                long kernel_size,
                long? stride = null,
                long? padding = null,
                long? dilation = null,
                bool ceil_mode = false
            ) => max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

            /// <summary>The maxima over windows.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels.</param>
            /// <param name="stride">Vertical and horizontal step; the window's size by default.</param>
            /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
            /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor max_pool2d(
                Tensor input,
                (long, long) kernel_size,
                (long, long)? stride = null,
                (long, long)? padding = null,
                (long, long)? dilation = null,
                bool ceil_mode = false
            ) =>
                max_pool2d(
                    input,
                    [kernel_size.Item1, kernel_size.Item2],
                    Pair(stride),
                    Pair(padding),
                    Pair(dilation),
                    ceil_mode
                );

            /// <summary>The maxima over windows, and where in the input they are.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="kernel_size">Height and width of a window in pixels, or one number for both.</param>
            /// <param name="strides">Vertical and horizontal step; the window's size by default.</param>
            /// <param name="padding">Rows and columns of minus infinity at each side; 0 by default.</param>
            /// <param name="dilation">Distance of a window's elements; 1 by default.</param>
            /// <param name="ceil_mode">Whether windows may reach beyond the border (sizes rounded up, not down).</param>
            /// <returns>The maxima, and their row-major positions in the plane [H, W]; both [N, C, H', W'].</returns>
            public static (Tensor output, Tensor indices) max_pool2d_with_indices(
                Tensor input,
                long[] kernel_size,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                bool ceil_mode = false
            )
            {
                Tensor[] results = MaxPool2dWithIndicesOp.CallMany(
                    input,
                    kernel_size,
                    strides ?? kernel_size,
                    padding ?? Zero,
                    dilation ?? One,
                    ceil_mode
                );
                return (results[0], results[1]);
            }

            /// <summary>The means over as many windows as the output has pixels.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="output_size">Height and width of the output in pixels.</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                AdaptiveAvgPool2dOp.Call(input, output_size);

            /// <summary>The means over as many windows as the output has pixels.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="output_size">Height and width of the output in pixels.</param>
            /// <returns>[N, C, H', W'].</returns>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);

            /// <summary>The means over as many windows as the output has pixels.</summary>
            /// <param name="input">[N, C, H, W] or [C, H, W].</param>
            /// <param name="output_size">Height and width of the output in pixels.</param>
            /// <returns>[N, C, output_size, output_size].</returns>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) =>
                adaptive_avg_pool2d(input, [output_size, output_size]);
        }
    }
}
