// PIL's ImageOps (autocontrast, equalize, invert, posterize, solarize) and ImageEnhance.Sharpness, with their integer arithmetic, and solarize_add
// of the TPU models' AutoAugment.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Changes the tones of images, channel by channel.</summary>
internal static class PilTone
{
    private const int Tones = 256;

    /// <summary>Spreads the tones of each channel over the whole range.</summary>
    public static RgbImage AutoContrast(RgbImage image) =>
        PerChannel(
            image,
            (counts, table) =>
            {
                var (low, high) = (counts.IndexOfAnyExcept(0), counts.LastIndexOfAnyExcept(0));
                var scale = high > low ? 255.0 / (high - low) : 1;
                var offset = high > low ? -low * scale : 0;
                for (var tone = 0; tone < Tones; tone++)
                {
                    table[tone] = (byte)Math.Clamp((int)(tone * scale + offset), 0, 255);
                }
            }
        );

    /// <summary>Makes all tones of each channel about as frequent.</summary>
    public static RgbImage Equalize(RgbImage image) =>
        PerChannel(
            image,
            (counts, table) =>
            {
                var step = (image.Width * image.Height - counts[counts.LastIndexOfAnyExcept(0)]) / 255;
                var sum = step / 2;
                for (var tone = 0; tone < Tones; tone++)
                {
                    table[tone] = step == 0 ? (byte)tone : (byte)Math.Min(255, sum / step);
                    sum += counts[tone];
                }
            }
        );

    /// <summary>The negative.</summary>
    public static RgbImage Invert(RgbImage image) => Map(image, tone => 255 - tone);

    /// <summary>The negative of tones from a threshold on.</summary>
    public static RgbImage Solarize(RgbImage image, double threshold) =>
        Map(image, tone => tone < threshold ? tone : 255 - tone);

    /// <summary>Makes tones below 128 brighter.</summary>
    public static RgbImage SolarizeAdd(RgbImage image, int add) =>
        Map(image, tone => tone < 128 ? Math.Min(255, tone + add) : tone);

    /// <summary>Keeps so many upper bits of each tone, 0 to 8.</summary>
    public static RgbImage Posterize(RgbImage image, int bits) => Map(image, tone => tone & ~((1 << (8 - bits)) - 1));

    /// <summary>Factor 0 is a smoothed image, 1 the image, 2 a sharpened one.</summary>
    public static RgbImage Sharpness(RgbImage image, double factor) => PilColor.Blend(Smooth(image), image, factor);

    /// <summary>Each pixel five parts of itself and one of each neighbour; the border stays as it is.</summary>
    private static RgbImage Smooth(RgbImage image)
    {
        const int weight = 13;
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        image.Pixels.CopyTo(result.Pixels, 0);
        for (var y = 1; y < image.Height - 1; y++)
        {
            var above = image.Row(y - 1);
            var here = image.Row(y);
            var below = image.Row(y + 1);
            var to = result.Row(y);
            for (var at = RgbImage.Channels; at < to.Length - RgbImage.Channels; at++)
            {
                var (left, right) = (at - RgbImage.Channels, at + RgbImage.Channels);
                var sum =
                    above[left]
                    + above[at]
                    + above[right]
                    + here[left]
                    + 5 * here[at]
                    + here[right]
                    + below[left]
                    + below[at]
                    + below[right];
                to[at] = (byte)((2 * sum + weight) / (2 * weight));
            }
        }

        return result;
    }

    private static RgbImage Map(RgbImage image, Func<int, int> change) =>
        PerChannel(
            image,
            (_, table) =>
            {
                for (var tone = 0; tone < Tones; tone++)
                {
                    table[tone] = (byte)change(tone);
                }
            }
        );

    private static RgbImage PerChannel(RgbImage image, MakeTable make)
    {
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        Span<int> counts = stackalloc int[Tones];
        Span<byte> table = stackalloc byte[Tones];
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            counts.Clear();
            for (var at = channel; at < image.Pixels.Length; at += RgbImage.Channels)
            {
                counts[image.Pixels[at]]++;
            }

            make(counts, table);
            for (var at = channel; at < image.Pixels.Length; at += RgbImage.Channels)
            {
                result.Pixels[at] = table[image.Pixels[at]];
            }
        }

        return result;
    }

    /// <summary>Makes a channel's table of tones from how often each occurs.</summary>
    private delegate void MakeTable(ReadOnlySpan<int> counts, Span<byte> table);
}
