// torchvision's ColorJitter: each change by a factor around 1, in an order that is drawn too.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Changes brightness, contrast, saturation and hue at random.</summary>
/// <param name="brightness">The factor is drawn from 1 - brightness (at least 0) to 1 + brightness; 0 to 10, 0 leaves it.</param>
/// <param name="contrast">Likewise.</param>
/// <param name="saturation">Likewise.</param>
/// <param name="hue">The hue moves by up to this share of the colour circle either way; 0 to 0.5, 0 leaves it.</param>
/// <exception cref="TResNetException">A value is out of range.</exception>
internal sealed class ColorJitter(double brightness = 0, double contrast = 0, double saturation = 0, double hue = 0)
    : ImageTransform
{
    private const double Most = 10;

    private readonly (double Strength, Func<RgbImage, double, RgbImage> Change)[] changes =
    [
        (InRange(brightness, 0, Most, nameof(brightness)), PilColor.Brightness),
        (InRange(contrast, 0, Most, nameof(contrast)), PilColor.Contrast),
        (InRange(saturation, 0, Most, nameof(saturation)), PilColor.Saturation),
    ];

    private readonly double hue = InRange(hue, 0, 0.5, nameof(hue));

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        foreach (var change in random.Permutation(changes.Length + 1))
        {
            if (change == changes.Length)
            {
                image = this.hue == 0 ? image : PilColor.Hue(image, random.Uniform(-this.hue, this.hue));
            }
            else if (changes[change].Strength > 0)
            {
                var strength = changes[change].Strength;
                image = changes[change].Change(image, random.Uniform(Math.Max(0, 1 - strength), 1 + strength));
            }
        }

        return image;
    }
}
