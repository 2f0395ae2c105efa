// Resizing of images, as a function.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator[] NearestOps = Vectors(
                "upsample_nearest1d",
                "upsample_nearest2d",
                "upsample_nearest3d"
            );
            private static readonly Operator[] NearestExactOps = Vectors(
                "_upsample_nearest_exact1d",
                "_upsample_nearest_exact2d",
                "_upsample_nearest_exact3d"
            );
            private static readonly Operator[] LinearOps = Vectors(
                "upsample_linear1d",
                "upsample_bilinear2d",
                "upsample_trilinear3d"
            );
            private static readonly Operator BicubicOp = new("aten::upsample_bicubic2d", "vec");
            private static readonly Operator BilinearAntialiasOp = new("aten::_upsample_bilinear2d_aa", "vec");
            private static readonly Operator BicubicAntialiasOp = new("aten::_upsample_bicubic2d_aa", "vec");
            private static readonly Operator[] AreaOps =
            [
                new("aten::adaptive_avg_pool1d"),
                new("aten::adaptive_avg_pool2d"),
                new("aten::adaptive_avg_pool3d"),
            ];

            /// <summary>Resizes to a size or by a factor.</summary>
            /// <param name="x">[N, C, L], [N, C, H, W] or [N, C, D, H, W].</param>
            /// <param name="size">The new size, one number per dimension after the channels, or one for all; or null.</param>
            /// <param name="scale_factor">The factor, likewise; or null. Exactly one of the two is given.</param>
            /// <param name="mode">How values between pixels are made.</param>
            /// <param name="align_corners">
            /// For the linear and cubic modes: whether the centres of the corner pixels stay where they are. False by default.
            /// </param>
            /// <param name="recompute_scale_factor">Whether to compute with the factor that the rounded size gives.</param>
            /// <param name="antialias">For bilinear and bicubic: whether to low-pass when shrinking.</param>
            /// <returns>[N, C, ...] of the new size; by a factor, sizes are rounded down.</returns>
            /// <exception cref="ArgumentException">The arguments do not go together; the message says which.</exception>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false
            )
            {
                long[] shape = x.shape;
                int spatial = shape.Length - 2;
                if (spatial is < 1 or > 3)
                {
                    throw new ArgumentException(
                        $"interpolate resizes [N, C, L], [N, C, H, W] or [N, C, D, H, W], not [{string.Join(", ", shape)}]."
                    );
                }

                if ((size is null) == (scale_factor is null))
                {
                    throw new ArgumentException("interpolate takes either a size or a scale_factor.");
                }

                bool exact =
                    mode is InterpolationMode.Nearest or InterpolationMode.NearestExact or InterpolationMode.Area;
                if (exact && align_corners is not null)
                {
                    throw new ArgumentException($"align_corners is for the linear and cubic modes, not for {mode}.");
                }

                if (
                    antialias && (spatial != 2 || mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                )
                {
                    throw new ArgumentException("antialias is for the modes Bilinear and Bicubic of [N, C, H, W].");
                }

                size = size is null ? null : OnePerDimension(size, spatial, nameof(size));
                scale_factor = scale_factor is null
                    ? null
                    : OnePerDimension(scale_factor, spatial, nameof(scale_factor));
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = new long[spatial];
                    for (int i = 0; i < spatial; i++)
                    {
                        size[i] = (long)Math.Floor(shape[i + 2] * scale_factor[i]);
                    }

                    scale_factor = null;
                }

                bool corners = align_corners ?? false;
                return (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, _) => NearestOps[spatial - 1].Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, _) => NearestExactOps[spatial - 1].Call(x, size, scale_factor),
                    (InterpolationMode.Area, _) => AreaOps[spatial - 1].Call(x, size),
                    (InterpolationMode.Linear, 1) or (InterpolationMode.Trilinear, 3) => LinearOps[spatial - 1]
                        .Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, 2) => (antialias ? BilinearAntialiasOp : LinearOps[1]).Call(
                        x,
                        size,
                        corners,
                        scale_factor
                    ),
                    (InterpolationMode.Bicubic, 2) => (antialias ? BicubicAntialiasOp : BicubicOp).Call(
                        x,
                        size,
                        corners,
                        scale_factor
                    ),
                    _ => throw new ArgumentException(
                        $"The mode {mode} is not for inputs with {spatial} dimensions after the channels."
                    ),
                };
            }

            private static Operator[] Vectors(params string[] names) =>
                Array.ConvertAll(names, name => new Operator($"aten::{name}", "vec"));

            private static T[] OnePerDimension<T>(T[] values, int dimensions, string name)
            {
                if (values.Length == dimensions)
                {
                    return values;
                }

                if (values.Length != 1)
                {
                    throw new ArgumentException(
                        $"{name} has {values.Length} numbers, but the input has {dimensions} dimensions after the channels.",
                        name
                    );
                }

                T[] repeated = new T[dimensions];
                repeated.AsSpan().Fill(values[0]);
                return repeated;
            }
        }
    }
}
