// The settings that layers and functions take, with TorchSharp's names and numbers.
namespace TorchSharp;

/// <summary>What lies beyond the border of an input.</summary>
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The input mirrored at its border elements, which are not repeated: <c>c b [a b c] b a</c>.</summary>
    Reflect = 1,

    /// <summary>The border element, repeated: <c>a a [a b c] c c</c>.</summary>
    Replicate = 2,

    /// <summary>The input again, from its other end: <c>b c [a b c] a b</c>.</summary>
    Circular = 3,

    /// <summary>A given value.</summary>
    Constant = 4,
}

/// <summary>Paddings of a convolution that follow from its kernel.</summary>
public enum Padding
{
    /// <summary>No padding.</summary>
    Valid = 0,

    /// <summary>As much as makes the output as large as the input, at stride 1.</summary>
    Same = 1,
}

public static partial class torch
{
    /// <summary>How values between pixels are made.</summary>
    public enum InterpolationMode
    {
        /// <summary>The pixel at the floor of the scaled index.</summary>
        Nearest = 0,

        /// <summary>Linear, for [N, C, L].</summary>
        Linear = 1,

        /// <summary>Bilinear, for [N, C, H, W].</summary>
        Bilinear = 2,

        /// <summary>Bicubic, for [N, C, H, W].</summary>
        Bicubic = 3,

        /// <summary>Trilinear, for [N, C, D, H, W].</summary>
        Trilinear = 4,

        /// <summary>The mean over the area that an output pixel covers.</summary>
        Area = 5,

        /// <summary>The nearest pixel, as scikit-image and PIL find it.</summary>
        NearestExact = 6,
    }

    public static partial class nn
    {
        /// <summary>What becomes of the losses of the single samples.</summary>
        public enum Reduction : long
        {
            /// <summary>They are returned as they are.</summary>
            None = 0,

            /// <summary>Their mean.</summary>
            Mean = 1,

            /// <summary>Their sum.</summary>
            Sum = 2,
        }
    }
}
