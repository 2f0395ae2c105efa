using System.Globalization;
using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>The images that a network is calibrated on, a few at a time.</summary>
internal static class CalibrationBatches
{
    private const int AtATime = 16;

    // As many pixels as photographs of that side have come together, of larger ones fewer.
    private const int Side = 224;

    /// <summary>How many images are computed together; they have to fit, as <see cref="Require"/> has it.</summary>
    /// <param name="model">The network.</param>
    /// <param name="data">The images, which are not of the graph's size where sides may be any.</param>
    /// <param name="image">What the network takes.</param>
    /// <param name="atATime">How many the file takes; null for any.</param>
    /// <exception cref="TResNetException">There is no room for them.</exception>
    public static int Together(nn.Module model, ImageDataset data, ExportedImage image, int? atATime = null)
    {
        var together =
            atATime ?? (int)Math.Clamp((long)AtATime * Side * Side / ((long)data.Height * data.Width), 1, AtATime);
        ImageMemory.Require(model, image with { Height = data.Height, Width = data.Width }, together);
        return together;
    }

    /// <summary>Refuses images that the network does not take.</summary>
    /// <param name="model">What the network is called.</param>
    /// <param name="data">The images.</param>
    /// <param name="image">What it takes.</param>
    /// <param name="options">Which sides may be any.</param>
    /// <exception cref="TResNetException">There are none, or of other channels or sides.</exception>
    public static void Require(string model, ImageDataset data, ExportedImage image, OnnxOptions options)
    {
        data.RequireImages();
        if (data.Channels != image.Channels)
        {
            throw new TResNetException(
                $"The images of {data.Name} have {Channels(data.Channels)} and {model} takes {image.Channels}: calibrate on images that fit, such as those of FitTo({image.Channels}, {image.Height}, {image.Width})."
            );
        }

        var fits = Fits(options.Height, data.Height, image.Height) && Fits(options.Width, data.Width, image.Width);
        if (!fits)
        {
            throw new TResNetException(
                $"The images of {data.Name} are of {data.Width} x {data.Height} pixels and the file takes {image.Width} x {image.Height}: calibrate on images that fit, such as those of FitTo({image.Channels}, {image.Height}, {image.Width})."
            );
        }

        bool Fits(int? wanted, int side, int made) =>
            wanted == OnnxOptions.Dynamic ? side % image.Multiple == 0 : side == made;
    }

    /// <summary>Which images, a few at a time: from the first to the last at equal distances, since folders list them class by class.</summary>
    /// <param name="all">How many there are.</param>
    /// <param name="count">How many are taken.</param>
    /// <param name="atATime">How many come together.</param>
    public static IEnumerable<int[]> Of(int all, int count, int atATime)
    {
        var taken = Math.Min(count, all);
        return Enumerable.Range(0, taken).Select(i => (int)((long)i * all / taken)).Chunk(atATime);
    }

    private static string Channels(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "channel" : "channels")}");
}
