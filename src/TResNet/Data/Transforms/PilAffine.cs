// Affine maps with the values of PIL's Image.transform (J. Clark, A. Murray et al., libImaging/Geometry.c): doubles, edges held, truncated.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Shears, shifts and turns images. What comes in from outside has one colour.</summary>
internal static class PilAffine
{
    private const int UpsideDown = 3;
    private const int ToTheRight = 6;
    private const int ToTheLeft = 8;

    // Nearest pixels are found with so many bits behind the point.
    private const double Fixed = 65536;

    /// <summary>Row y is taken from <paramref name="factor"/> times y to the right.</summary>
    public static RgbImage ShearX(RgbImage image, double factor, Interpolation interpolation, Rgb fill) =>
        Map(image, (1, factor, 0), (0, 1, 0), interpolation, fill);

    /// <summary>Column x is taken from <paramref name="factor"/> times x further down.</summary>
    public static RgbImage ShearY(RgbImage image, double factor, Interpolation interpolation, Rgb fill) =>
        Map(image, (1, 0, 0), (factor, 1, 0), interpolation, fill);

    /// <summary>Takes the image from so many pixels to the right and down.</summary>
    public static RgbImage Translate(
        RgbImage image,
        double right,
        double down,
        Interpolation interpolation,
        Rgb fill
    ) => Map(image, (1, 0, right), (0, 1, down), interpolation, fill);

    /// <summary>Turns an image about its middle.</summary>
    /// <param name="image">The image.</param>
    /// <param name="degrees">How far, counterclockwise, from -360 to 360.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="fill">The colour of what comes in.</param>
    public static RgbImage Rotate(RgbImage image, double degrees, Interpolation interpolation, Rgb fill)
    {
        // PIL computes with the angle from 0 to 360 and with 15 digits, and moves pixels as they are where it can.
        degrees = ((degrees % 360) + 360) % 360;
        if (degrees == 0)
        {
            return image;
        }

        if (degrees == 180 || (degrees is 90 or 270 && image.Width == image.Height))
        {
            return Orientation.Upright(
                image,
                degrees == 180 ? UpsideDown
                    : degrees == 90 ? ToTheLeft
                    : ToTheRight
            );
        }

        var angle = -degrees * (Math.PI / 180);
        var (cos, sin) = (Math.Round(Math.Cos(angle), 15), Math.Round(Math.Sin(angle), 15));
        var minusSin = Math.Round(-Math.Sin(angle), 15);
        var (x, y) = (image.Width / 2.0, image.Height / 2.0);
        return Map(
            image,
            (cos, sin, cos * -x + sin * -y + 0 + x),
            (minusSin, cos, minusSin * -x + cos * -y + 0 + y),
            interpolation,
            fill
        );
    }

    private static RgbImage Map(
        RgbImage image,
        (double X, double Y, double One) toX,
        (double X, double Y, double One) toY,
        Interpolation interpolation,
        Rgb fill
    )
    {
        if (interpolation == Interpolation.Nearest)
        {
            return Nearest(image, toX, toY, fill);
        }

        var result = RgbImage.Uninitialized(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            var row = result.Row(y);
            for (var x = 0; x < image.Width; x++)
            {
                var fromX = toX.X * (x + 0.5) + toX.Y * (y + 0.5) + toX.One;
                var fromY = toY.X * (x + 0.5) + toY.Y * (y + 0.5) + toY.One;
                var pixel = row.Slice(x * RgbImage.Channels, RgbImage.Channels);
                if (!(fromX >= 0 && fromX < image.Width && fromY >= 0 && fromY < image.Height))
                {
                    (pixel[0], pixel[1], pixel[2]) = (fill.Red, fill.Green, fill.Blue);
                }
                else if (interpolation == Interpolation.Bilinear)
                {
                    Bilinear(image, fromX - 0.5, fromY - 0.5, pixel);
                }
                else
                {
                    Bicubic(image, fromX - 0.5, fromY - 0.5, pixel);
                }
            }
        }

        return result;
    }

    private static RgbImage Nearest(
        RgbImage image,
        (double X, double Y, double One) toX,
        (double X, double Y, double One) toY,
        Rgb fill
    )
    {
        var (xByX, xByY, yByX, yByY) = (Round(toX.X), Round(toX.Y), Round(toY.X), Round(toY.Y));
        var startX = Round(toX.One + toX.X * 0.5 + toX.Y * 0.5);
        var startY = Round(toY.One + toY.X * 0.5 + toY.Y * 0.5);
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++, startX += xByY, startY += yByY)
        {
            var row = result.Row(y);
            var (atX, atY) = (startX, startY);
            for (var x = 0; x < image.Width; x++, atX += xByX, atY += yByX)
            {
                var (fromX, fromY) = ((int)(atX >> 16), (int)(atY >> 16));
                var pixel = row.Slice(x * RgbImage.Channels, RgbImage.Channels);
                if (fromX >= 0 && fromX < image.Width && fromY >= 0 && fromY < image.Height)
                {
                    image.Row(fromY).Slice(fromX * RgbImage.Channels, RgbImage.Channels).CopyTo(pixel);
                }
                else
                {
                    (pixel[0], pixel[1], pixel[2]) = (fill.Red, fill.Green, fill.Blue);
                }
            }
        }

        return result;

        static long Round(double value) => (long)Math.Floor(value * Fixed + 0.5);
    }

    private static void Bilinear(RgbImage image, double x, double y, Span<byte> pixel)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (dx, dy) = (x - left, y - top);
        var (at0, at1) = (Column(image, left), Column(image, left + 1));
        var row0 = Row(image, top);
        var row1 = Row(image, top + 1);
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            var upper = Between(row0[at0 + channel], row0[at1 + channel], dx);
            var lower = top + 1 < image.Height ? Between(row1[at0 + channel], row1[at1 + channel], dx) : upper;
            pixel[channel] = (byte)Between(upper, lower, dy);
        }

        static double Between(double from, double to, double share) => from + (to - from) * share;
    }

    private static void Bicubic(RgbImage image, double x, double y, Span<byte> pixel)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (dx, dy) = (x - left, y - top);
        Span<double> rows = stackalloc double[4];
        Span<int> columns = stackalloc int[4];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Column(image, left - 1 + i);
        }

        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                // Outside, the row before counts again, and the first row is the nearest there is.
                var at = top - 1 + i;
                if (i > 0 && (at < 0 || at >= image.Height))
                {
                    rows[i] = rows[i - 1];
                    continue;
                }

                var row = Row(image, at);
                rows[i] = Cubic(
                    row[columns[0] + channel],
                    row[columns[1] + channel],
                    row[columns[2] + channel],
                    row[columns[3] + channel],
                    dx
                );
            }

            pixel[channel] = (byte)Math.Clamp(Cubic(rows[0], rows[1], rows[2], rows[3], dy), 0, 255);
        }

        static double Cubic(double v1, double v2, double v3, double v4, double share)
        {
            var (p2, p3, p4) = (-v1 + v3, 2 * (v1 - v2) + v3 - v4, -v1 + v2 - v3 + v4);
            return v2 + share * (p2 + share * (p3 + share * p4));
        }
    }

    private static ReadOnlySpan<byte> Row(RgbImage image, int y) => image.Row(Math.Clamp(y, 0, image.Height - 1));

    private static int Column(RgbImage image, int x) => Math.Clamp(x, 0, image.Width - 1) * RgbImage.Channels;
}
