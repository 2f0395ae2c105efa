// PIL's ImageFilter.GaussianBlur: three box blurs along each side (P. Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box
// filtering", 2011), with its single precision and its 24 bits behind the point.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Blurs images.</summary>
internal static class PilBlur
{
    private const int Passes = 3;
    private const int Precision = 24;

    /// <summary>Blurs an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="radius">The standard deviation in pixels; at least 0.</param>
    public static RgbImage Gaussian(RgbImage image, double radius)
    {
        var box = BoxRadius((float)radius);
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        image.Pixels.CopyTo(result.Pixels, 0);
        var line = new byte[Math.Max(image.Width, image.Height)];
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            for (var y = 0; y < image.Height; y++)
            {
                Blur(
                    result.Pixels,
                    (y * image.Width * RgbImage.Channels) + channel,
                    RgbImage.Channels,
                    line.AsSpan(0, image.Width),
                    box
                );
            }

            for (var x = 0; x < image.Width; x++)
            {
                Blur(
                    result.Pixels,
                    (x * RgbImage.Channels) + channel,
                    image.Width * RgbImage.Channels,
                    line.AsSpan(0, image.Height),
                    box
                );
            }
        }

        return result;
    }

    /// <summary>The half width of the box, with parts, that comes nearest.</summary>
    private static float BoxRadius(float radius)
    {
        var variance = radius * radius / Passes;
        var width = (float)Math.Sqrt(12.0 * variance + 1.0);
        var whole = (float)Math.Floor((width - 1.0) / 2.0);
        var part = (float)((2 * whole + 1) * (whole * (whole + 1) - 3.0 * variance));
        part = (float)(part / (6.0 * (variance - (whole + 1) * (whole + 1))));
        return whole + part;
    }

    /// <summary>Blurs one line of one colour in place.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="first">Where the line begins.</param>
    /// <param name="step">From one value of it to the next.</param>
    /// <param name="line">Room for it.</param>
    /// <param name="box">The half width of the box.</param>
    private static void Blur(byte[] pixels, int first, int step, Span<byte> line, float box)
    {
        var (radius, last) = ((int)box, line.Length - 1);
        var whole = (uint)((1 << Precision) / (box * 2 + 1));
        var edge = ((1 << Precision) - (uint)(radius * 2 + 1) * whole) / 2;
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = pixels[first + i * step];
            }

            // Outside, the pixels at either end go on.
            var sum = 0u;
            for (var i = -radius - 1; i < radius; i++)
            {
                sum += line[Math.Clamp(i, 0, last)];
            }

            for (var i = 0; i < line.Length; i++)
            {
                var (before, behind) = (line[Math.Max(0, i - radius - 1)], line[Math.Min(last, i + radius + 1)]);
                sum += (uint)line[Math.Min(last, i + radius)] - before;
                var blurred = sum * whole + ((uint)before + behind) * edge;
                pixels[first + i * step] = (byte)((blurred + (1u << (Precision - 1))) >> Precision);
            }
        }
    }
}
