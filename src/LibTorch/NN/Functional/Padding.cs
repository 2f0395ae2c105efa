// Padding, as a function.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator PadOp = new("aten::pad");

            /// <summary>Adds elements at the ends of the last dimensions.</summary>
            /// <param name="input">Any shape; for modes other than constant, [N, C, ...] with 1 to 3 padded dimensions.</param>
            /// <param name="pad">How many, in pairs from the last dimension on: left, right, top, bottom, ...</param>
            /// <param name="mode">What the new elements are.</param>
            /// <param name="value">Their value, when constant.</param>
            /// <returns>The input's shape with the padded dimensions larger.</returns>
            public static Tensor pad(
                Tensor input,
                long[] pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            ) =>
                mode switch
                {
                    PaddingModes.Zeros => PadOp.Call(input, pad, "constant", 0.0),
                    PaddingModes.Constant => PadOp.Call(input, pad, "constant", value),
                    PaddingModes.Reflect => PadOp.Call(input, pad, "reflect", Arg.None),
                    PaddingModes.Replicate => PadOp.Call(input, pad, "replicate", Arg.None),
                    PaddingModes.Circular => PadOp.Call(input, pad, "circular", Arg.None),
                    _ => throw new ArgumentException($"There is no padding mode {mode}.", nameof(mode)),
                };

            /// <summary>Adds elements at the ends of the last dimensions.</summary>
            /// <param name="input">Any shape; for modes other than constant, [N, C, ...] with 1 to 3 padded dimensions.</param>
            /// <param name="pad">How many, in pairs from the last dimension on: left, right, top, bottom, ...</param>
            /// <param name="mode">What the new elements are.</param>
            /// <param name="value">Their value, when constant.</param>
            /// <returns>The input's shape with the padded dimensions larger.</returns>
            public static Tensor pad(
                Tensor input,
                ReadOnlySpan<long> pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            ) => functional.pad(input, pad.ToArray(), mode, value);

            /// <summary>Adds elements at both ends of the last dimension.</summary>
            /// <param name="input">Any shape; for modes other than constant, [N, C, W].</param>
            /// <param name="pad">How many at its left and right.</param>
            /// <param name="mode">What the new elements are.</param>
            /// <param name="value">Their value, when constant.</param>
            /// <returns>The input's shape with the last dimension larger.</returns>
            public static Tensor pad(
                Tensor input,
                (long, long) pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            ) => functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            /// <summary>Adds elements around images.</summary>
            /// <param name="input">[N, C, H, W].</param>
            /// <param name="pad">How many at the left, right, top and bottom.</param>
            /// <param name="mode">What the new elements are.</param>
            /// <param name="value">Their value, when constant.</param>
            /// <returns>[N, C, H + top + bottom, W + left + right].</returns>
            public static Tensor pad(
                Tensor input,
                (long, long, long, long) pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            ) => functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Adds as many elements at both ends of every dimension, the batch's included.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="pad">How many at each end.</param>
            /// <param name="mode">What the new elements are.</param>
            /// <param name="value">Their value, when constant.</param>
            /// <returns>The input's shape with every dimension larger by twice the padding.</returns>
            public static Tensor pad(
                Tensor input,
                long pad,
                PaddingModes mode = PaddingModes.Constant,
                double value = 0
            )
            {
                long[] everywhere = new long[2 * input.shape.Length];
                everywhere.AsSpan().Fill(pad);
                return functional.pad(input, everywhere, mode, value);
            }
        }
    }
}
