using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>A rectangle on an image, in pixels from its top left corner.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Width">Width; above 0.</param>
/// <param name="Height">Height; above 0.</param>
internal readonly record struct PixelBox(double Left, double Top, double Width, double Height)
{
    /// <summary>The pixels that it touches.</summary>
    public PixelArea Pixels() =>
        new(
            (int)Math.Floor(Left),
            (int)Math.Floor(Top),
            (int)Math.Ceiling(Left + Width),
            (int)Math.Ceiling(Top + Height)
        );

    /// <summary>The same rectangle on the same image at another scale.</summary>
    public PixelBox Scale(double x, double y) => new(Left * x, Top * y, Width * x, Height * y);
}
