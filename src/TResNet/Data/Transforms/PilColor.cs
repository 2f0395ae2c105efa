// Changes of colour with the values of PIL's ImageEnhance (a blend with black, with the mean grey, with the grey image) and of its HSV
// conversion, which torchvision's adjust_hue goes through: eight bits, truncated where PIL truncates.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Changes the colours of images.</summary>
internal static class PilColor
{
    /// <summary>Factor 0 is black, 1 the image.</summary>
    public static RgbImage Brightness(RgbImage image, double factor) => Map(image, value => Blend(0, value, factor));

    /// <summary>Factor 0 is the image's mean grey, 1 the image.</summary>
    public static RgbImage Contrast(RgbImage image, double factor)
    {
        var sum = 0L;
        for (var at = 0; at < image.Pixels.Length; at += RgbImage.Channels)
        {
            sum += Grey(image.Pixels, at);
        }

        var mean = (byte)((double)sum / (image.Width * image.Height) + 0.5);
        return Map(image, value => Blend(mean, value, factor));
    }

    /// <summary>Factor 0 is grey, 1 the image.</summary>
    public static RgbImage Saturation(RgbImage image, double factor)
    {
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        for (var at = 0; at < image.Pixels.Length; at += RgbImage.Channels)
        {
            var grey = Grey(image.Pixels, at);
            for (var channel = at; channel < at + RgbImage.Channels; channel++)
            {
                result.Pixels[channel] = Blend(grey, image.Pixels[channel], factor);
            }
        }

        return result;
    }

    /// <summary>Factor 0 is one image, 1 the other, and more goes beyond it.</summary>
    public static RgbImage Blend(RgbImage from, RgbImage to, double factor)
    {
        var result = RgbImage.Uninitialized(to.Width, to.Height);
        for (var at = 0; at < result.Pixels.Length; at++)
        {
            result.Pixels[at] = Blend(from.Pixels[at], to.Pixels[at], factor);
        }

        return result;
    }

    /// <summary>Turns the hue.</summary>
    /// <param name="image">The image.</param>
    /// <param name="turn">How far, from -0.5 to 0.5 of the colour circle.</param>
    public static RgbImage Hue(RgbImage image, double turn)
    {
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        var steps = (int)(turn * 255);
        for (var at = 0; at < image.Pixels.Length; at += RgbImage.Channels)
        {
            var (hue, saturation, value) = ToHsv(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
            (result.Pixels[at], result.Pixels[at + 1], result.Pixels[at + 2]) = FromHsv(
                (byte)(hue + steps),
                saturation,
                value
            );
        }

        return result;
    }

    /// <summary>ITU-R 601-2 luma in 16-bit fixed point.</summary>
    private static byte Grey(byte[] pixels, int at) =>
        (byte)((pixels[at] * 19595 + pixels[at + 1] * 38470 + pixels[at + 2] * 7471 + 0x8000) >> 16);

    private static byte Blend(byte from, byte to, double factor) =>
        (byte)Math.Clamp(from + (float)factor * (to - from), 0, 255);

    private static RgbImage Map(RgbImage image, Func<byte, byte> change)
    {
        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = change((byte)value);
        }

        var result = RgbImage.Uninitialized(image.Width, image.Height);
        for (var at = 0; at < image.Pixels.Length; at++)
        {
            result.Pixels[at] = table[image.Pixels[at]];
        }

        return result;
    }

    private static (byte Hue, byte Saturation, byte Value) ToHsv(byte red, byte green, byte blue)
    {
        var (most, least) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        if (most == least)
        {
            return (0, 0, most);
        }

        var range = (float)(most - least);
        var (fromRed, fromGreen, fromBlue) = ((most - red) / range, (most - green) / range, (most - blue) / range);
        var sixths =
            red == most ? fromBlue - fromGreen
            : green == most ? (float)(2.0 + fromRed - fromBlue)
            : (float)(4.0 + fromGreen - fromRed);
        var hue = (float)((sixths / 6.0 + 1.0) % 1.0);
        return ((byte)(hue * 255.0), (byte)(range / most * 255.0), most);
    }

    private static (byte Red, byte Green, byte Blue) FromHsv(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
        {
            return (value, value, value);
        }

        var (sixths, share) = (hue * 6.0 / 255.0, saturation / 255.0);
        var sector = (int)Math.Floor(sixths);
        var within = sixths - sector;
        var low = Rounded(1 - share);
        var falling = Rounded(1 - share * within);
        var rising = Rounded(1 - share * (1 - within));
        return (sector % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };

        byte Rounded(double part) => (byte)Math.Round(value * part, MidpointRounding.AwayFromZero);
    }
}
