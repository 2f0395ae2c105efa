namespace TResNet.Data.Transforms;

/// <summary>How pixels between pixels are made, under PIL's names. All but <see cref="Nearest"/> widen their filter when an image shrinks (antialiasing).</summary>
public enum Interpolation
{
    /// <summary>A triangle over two pixels.</summary>
    Bilinear,

    /// <summary>Keys' cubic over four pixels, with a = -0.5: sharper.</summary>
    Bicubic,

    /// <summary>The pixel that lies nearest, as it is.</summary>
    Nearest,

    /// <summary>The mean of the pixels that are covered.</summary>
    Box,

    /// <summary>A raised cosine over two pixels: as narrow as the triangle, and sharper.</summary>
    Hamming,

    /// <summary>Lanczos' windowed sinc over six pixels: the sharpest.</summary>
    Lanczos,
}
