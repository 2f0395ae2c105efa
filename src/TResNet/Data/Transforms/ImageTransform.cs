// What happens to an image between its file and a batch, one idea per class, under torchvision's and timm's names.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Changes an image, perhaps at random; <see cref="Transforms"/> makes them. What comes in is never changed; one object serves several threads.</summary>
/// <example><code>
/// using TResNet.Data.Images;
///
/// var crop = Transforms.RandomResizedCrop(224);
/// var augment = Transforms.Compose(crop, Transforms.RandomHorizontalFlip(), Transforms.ColorJitter(0.4, 0.4, 0.4));
/// RgbImage seen = augment.Apply(SourceImage.Open("tulip.jpg"), seed: 1, epoch: 3, index: 17);
/// </code></example>
public abstract class ImageTransform
{
    private const ulong Purpose = 3;

    private protected ImageTransform() { }

    /// <summary>The image as one epoch of a run sees it: the same for the same seed, epoch and index, whatever was drawn before.</summary>
    /// <param name="image">The image, still to be decoded.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">The image's place in its source.</param>
    /// <exception cref="TResNetException">The image is damaged.</exception>
    public RgbImage Apply(SourceImage image, long seed, int epoch, int index) =>
        Apply(image, SplitMix64.For(seed, epoch, Purpose, index));

    /// <summary>One draw for an image in memory.</summary>
    /// <param name="image">The image.</param>
    /// <param name="seed">Decides what is drawn.</param>
    public RgbImage Apply(RgbImage image, long seed = 0) => Apply(image, SplitMix64.For(seed, 0, Purpose));

    /// <summary>Decodes and changes an image; a transform that needs only part of it decodes less.</summary>
    internal virtual RgbImage Apply(SourceImage image, SplitMix64 random) => Apply(image.Decode(), random);

    internal abstract RgbImage Apply(RgbImage image, SplitMix64 random);

    /// <summary>Refuses a value outside its range.</summary>
    private protected static double InRange(double value, double least, double most, string name) =>
        value >= least && value <= most
            ? value
            : throw new TResNetException(
                $"{name} is {value}, but it has to be from {least} to {most}; choose another."
            );

    /// <summary>Refuses a side without pixels, or one that no network takes.</summary>
    private protected static int Side(int size) => (int)InRange(size, 1, 16384, "The size in pixels");

    /// <summary>Refuses a range that goes outside another, or backwards.</summary>
    private protected static (double Least, double Most) Ordered(
        (double Least, double Most) range,
        double least,
        double most,
        string name
    )
    {
        InRange(range.Least, least, most, $"The least {name}");
        InRange(range.Most, range.Least, most, $"The most {name}");
        return range;
    }
}
