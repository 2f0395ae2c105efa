// Convolution and the affine map, as functions.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The layers' computations as functions, without state.</summary>
        public static partial class functional
        {
            private static readonly Operator Conv2dOp = new("aten::conv2d");
            private static readonly Operator Conv2dPaddingOp = new("aten::conv2d", "padding");
            private static readonly Operator LinearOp = new("aten::linear");

            /// <summary>Convolves images (cross-correlation, as all deep-learning libraries).</summary>
            /// <param name="input">Images, [N, C, H, W] or [C, H, W].</param>
            /// <param name="weight">Kernels, [K, C / groups, kH, kW].</param>
            /// <param name="bias">One value per output channel, [K], or null.</param>
            /// <param name="strides">Vertical and horizontal step in pixels, or one for both; 1 by default.</param>
            /// <param name="padding">Rows and columns of zeros at each side, or one number for both; 0 by default.</param>
            /// <param name="dilation">Distance of kernel elements in pixels, or one for both; 1 by default.</param>
            /// <param name="groups">Into how many independent groups the channels are divided.</param>
            /// <returns>[N, K, H', W'] with <c>H' = floor((H + 2 padding - dilation (kH - 1) - 1) / stride) + 1</c>.</returns>
            public static Tensor conv2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? dilation = null,
                long groups = 1
            ) => Conv2dOp.Call(input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            /// <summary>Convolves images with a padding that follows from the kernel.</summary>
            /// <param name="input">Images, [N, C, H, W] or [C, H, W].</param>
            /// <param name="weight">Kernels, [K, C / groups, kH, kW].</param>
            /// <param name="bias">One value per output channel, [K], or null.</param>
            /// <param name="strides">Vertical and horizontal step in pixels, or one for both; 1 by default.</param>
            /// <param name="padding">None, or as much as keeps the size at stride 1.</param>
            /// <param name="dilation">Distance of kernel elements in pixels, or one for both; 1 by default.</param>
            /// <param name="groups">Into how many independent groups the channels are divided.</param>
            /// <returns>[N, K, H', W'].</returns>
            public static Tensor conv2d_padding(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                Padding padding = Padding.Valid,
                long[]? dilation = null,
                long groups = 1
            ) =>
                Conv2dPaddingOp.Call(
                    input,
                    weight,
                    bias,
                    strides ?? One,
                    padding == Padding.Same ? "same" : "valid",
                    dilation ?? One,
                    groups
                );

            /// <summary>The affine map <c>input weights^T + bias</c> of the last dimension.</summary>
            /// <param name="input">[..., in].</param>
            /// <param name="weights">[out, in].</param>
            /// <param name="bias">[out], or null.</param>
            /// <returns>[..., out].</returns>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                ConvolvesFaster(input, weights)
                    ? LinearAsConvolution(input, weights, bias)
                    : LinearOp.Call(input, weights, bias);

            // libtorch multiplies by BLAS, and Debian's plain one runs on one thread without vectors; convolutions run by oneDNN. What is traced
            // stays a linear layer.
            private static bool ConvolvesFaster(Tensor input, Tensor weights) =>
                input.dtype == ScalarType.Float32
                && weights.dtype == ScalarType.Float32
                && input.device_type == DeviceType.CPU
                && input.dim() == 2
                && weights.dim() == 2
                && input.numel() > 0
                && weights.numel() >= 1 << 16
                && NativeMethods.tb_is_tracing() == 0;

            private static Tensor LinearAsConvolution(Tensor input, Tensor weights, Tensor? bias)
            {
                using Tensor pixels = input.reshape(input.shape[0], input.shape[1], 1, 1);
                using Tensor kernel = weights.reshape(weights.shape[0], weights.shape[1], 1, 1);
                using Tensor mapped = conv2d(pixels, kernel, bias);
                return mapped.reshape(input.shape[0], weights.shape[0]);
            }

            private static long[] One { get; } = [1];

            private static long[] Zero { get; } = [0];

            private static long[]? Pair((long, long)? pair) => pair is { } p ? [p.Item1, p.Item2] : null;
        }
    }
}
