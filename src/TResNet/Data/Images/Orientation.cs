// The eight orientations of EXIF: where the top left of the stored picture belongs in the upright one.

namespace TResNet.Data.Images;

/// <summary>Turns stored pictures upright.</summary>
internal static class Orientation
{
    /// <summary>Whether width and height change places: the four orientations that lie on their side.</summary>
    public static bool SwapsSides(int orientation) => orientation >= 5;

    /// <summary>The orientation that undoes another: quarter turns undo each other, all others themselves.</summary>
    public static int Inverse(int orientation) =>
        orientation switch
        {
            6 => 8,
            8 => 6,
            _ => orientation,
        };

    /// <summary>Where a part of the stored picture lies on the upright one.</summary>
    /// <param name="part">The part.</param>
    /// <param name="width">Width of the whole picture as it is stored.</param>
    /// <param name="height">Height of the whole picture as it is stored.</param>
    /// <param name="orientation">EXIF's number, 1 to 8.</param>
    public static PixelArea Upright(PixelArea part, int width, int height, int orientation)
    {
        var (left, top, right, bottom) = part;
        var mirrored = (Left: width - right, Top: height - bottom, Right: width - left, Bottom: height - top);
        return orientation switch
        {
            1 => part,
            2 => new PixelArea(mirrored.Left, top, mirrored.Right, bottom),
            3 => new PixelArea(mirrored.Left, mirrored.Top, mirrored.Right, mirrored.Bottom),
            4 => new PixelArea(left, mirrored.Top, right, mirrored.Bottom),
            5 => new PixelArea(top, left, bottom, right),
            6 => new PixelArea(mirrored.Top, left, mirrored.Bottom, right),
            7 => new PixelArea(mirrored.Top, mirrored.Left, mirrored.Bottom, mirrored.Right),
            8 => new PixelArea(top, mirrored.Left, bottom, mirrored.Right),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "It is 1 to 8."),
        };
    }

    /// <summary>The upright picture, or the part that there is of it.</summary>
    /// <param name="stored">As it lies in the file.</param>
    /// <param name="orientation">EXIF's number, 1 to 8.</param>
    public static DecodedPart Upright(DecodedPart stored, int orientation)
    {
        if (orientation == 1)
        {
            return stored;
        }

        var pixels = stored.Pixels;
        var part = new PixelArea(stored.Left, stored.Top, stored.Left + pixels.Width, stored.Top + pixels.Height);
        var upright = Upright(part, stored.Width, stored.Height, orientation);
        var (width, height) = SwapsSides(orientation) ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        return new DecodedPart(Upright(pixels, orientation), upright.Left, upright.Top, width, height, stored.Divisor);
    }

    /// <summary>The upright picture.</summary>
    /// <param name="stored">As it lies in the file.</param>
    /// <param name="orientation">EXIF's number, 1 to 8.</param>
    /// <returns>A new image, or the same one where it is upright already.</returns>
    public static RgbImage Upright(RgbImage stored, int orientation)
    {
        if (orientation == 1)
        {
            return stored;
        }

        var (right, bottom) = (stored.Width - 1, stored.Height - 1);

        // Where the upright picture's first pixel lies, and how far the next column and the next row are from it.
        var ((x, y), (columnX, columnY), (rowX, rowY)) = orientation switch
        {
            2 => ((right, 0), (-1, 0), (0, 1)),
            3 => ((right, bottom), (-1, 0), (0, -1)),
            4 => ((0, bottom), (1, 0), (0, -1)),
            5 => ((0, 0), (0, 1), (1, 0)),
            6 => ((0, bottom), (0, -1), (1, 0)),
            7 => ((right, bottom), (0, -1), (-1, 0)),
            8 => ((right, 0), (0, 1), (-1, 0)),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "It is 1 to 8."),
        };
        var (width, height) = SwapsSides(orientation) ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var upright = RgbImage.Uninitialized(width, height);
        var (first, column, row) = (At(x, y), At(columnX, columnY), At(rowX, rowY));
        for (var toY = 0; toY < height; toY++)
        {
            var to = upright.Row(toY);
            for (int at = 0, from = first + toY * row; at < to.Length; at += RgbImage.Channels, from += column)
            {
                to[at] = stored.Pixels[from];
                to[at + 1] = stored.Pixels[from + 1];
                to[at + 2] = stored.Pixels[from + 2];
            }
        }

        return upright;

        int At(int atX, int atY) => (atY * stored.Width + atX) * RgbImage.Channels;
    }
}
