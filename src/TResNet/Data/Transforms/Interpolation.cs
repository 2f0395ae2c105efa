namespace TResNet.Data.Transforms;

/// <summary>How pixels between pixels are made. Both widen their filter when an image shrinks (antialiasing), as PIL does.</summary>
public enum Interpolation
{
    /// <summary>A triangle over two pixels.</summary>
    Bilinear,

    /// <summary>Keys' cubic over four pixels, with a = -0.5: sharper.</summary>
    Bicubic,
}
