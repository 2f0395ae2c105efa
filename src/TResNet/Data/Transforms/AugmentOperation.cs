// The operations of AutoAugment (E. Cubuk et al., arXiv 1805.09501, table 6) with the scales that timm gives their magnitudes, 0 to 10.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>One operation.</summary>
/// <param name="Name">timm's name.</param>
/// <param name="Apply">Changes an image by a magnitude; signs and filters are drawn.</param>
internal sealed record AugmentOperation(string Name, Func<RgbImage, double, AugmentOperation.Context, RgbImage> Apply)
{
    /// <summary>The top of the scale of magnitudes.</summary>
    public const double Top = 10;

    private static readonly Dictionary<string, AugmentOperation> ByName = new AugmentOperation[]
    {
        new("AutoContrast", (image, _, _) => PilTone.AutoContrast(image)),
        new("Equalize", (image, _, _) => PilTone.Equalize(image)),
        new("Invert", (image, _, _) => PilTone.Invert(image)),
        new("Rotate", (image, m, at) => PilAffine.Rotate(image, at.Signed(30 * m / Top), at.Filter(), at.Fill)),
        // Three ways to count bits: those kept, fewer with the magnitude; and those of the paper, 4 to 8.
        new("Posterize", (image, m, _) => PilTone.Posterize(image, Bits(m))),
        new("PosterizeIncreasing", (image, m, _) => PilTone.Posterize(image, 4 - Bits(m))),
        new("PosterizeOriginal", (image, m, _) => PilTone.Posterize(image, 4 + Bits(m))),
        new("Solarize", (image, m, _) => PilTone.Solarize(image, Threshold(m))),
        new("SolarizeIncreasing", (image, m, _) => PilTone.Solarize(image, 256 - Threshold(m))),
        new("SolarizeAdd", (image, m, _) => PilTone.SolarizeAdd(image, Math.Min(128, (int)(110 * m / Top)))),
        new("Color", (image, m, _) => PilColor.Saturation(image, Factor(m))),
        new("ColorIncreasing", (image, m, at) => PilColor.Saturation(image, at.Factor(m))),
        new("Contrast", (image, m, _) => PilColor.Contrast(image, Factor(m))),
        new("ContrastIncreasing", (image, m, at) => PilColor.Contrast(image, at.Factor(m))),
        new("Brightness", (image, m, _) => PilColor.Brightness(image, Factor(m))),
        new("BrightnessIncreasing", (image, m, at) => PilColor.Brightness(image, at.Factor(m))),
        new("Sharpness", (image, m, _) => PilTone.Sharpness(image, Factor(m))),
        new("SharpnessIncreasing", (image, m, at) => PilTone.Sharpness(image, at.Factor(m))),
        new("ShearX", (image, m, at) => PilAffine.ShearX(image, at.Signed(0.3 * m / Top), at.Filter(), at.Fill)),
        new("ShearY", (image, m, at) => PilAffine.ShearY(image, at.Signed(0.3 * m / Top), at.Filter(), at.Fill)),
        new(
            "TranslateXRel",
            (image, m, at) =>
                PilAffine.Translate(image, at.Signed(0.45 * m / Top) * image.Width, 0, at.Filter(), at.Fill)
        ),
        new(
            "TranslateYRel",
            (image, m, at) =>
                PilAffine.Translate(image, 0, at.Signed(0.45 * m / Top) * image.Height, at.Filter(), at.Fill)
        ),
        new("Desaturate", (image, m, _) => PilColor.Saturation(image, 0.5 - 0.5 * Math.Clamp(m / Top, 0, 1))),
        new(
            "GaussianBlurRand",
            (image, m, at) => PilBlur.Gaussian(image, at.Random.Uniform(0.1, 2 * Math.Clamp(m / Top, 0, 1)))
        ),
    }.ToDictionary(operation => operation.Name);

    /// <summary>The operation of a name that is known.</summary>
    public static AugmentOperation Of(string name) => ByName[name];

    /// <summary>Applies it at a magnitude that varies.</summary>
    /// <param name="image">The image.</param>
    /// <param name="magnitude">The magnitude in the middle.</param>
    /// <param name="deviation">How far it strays; infinite for anything from 0 to the magnitude.</param>
    /// <param name="most">The largest magnitude.</param>
    /// <param name="context">What is drawn from, and the colour of what comes in from outside.</param>
    public RgbImage Vary(RgbImage image, double magnitude, double deviation, double most, Context context)
    {
        magnitude =
            double.IsPositiveInfinity(deviation) ? context.Random.Uniform(0, magnitude)
            : deviation > 0 ? magnitude + deviation * context.Random.Normal()
            : magnitude;
        return Apply(image, Math.Clamp(magnitude, 0, most), context);
    }

    private static int Bits(double magnitude) => (int)(4 * magnitude / Top);

    private static int Threshold(double magnitude) => Math.Min(256, (int)(256 * magnitude / Top));

    private static double Factor(double magnitude) => 1.8 * magnitude / Top + 0.1;

    /// <summary>What an operation draws from.</summary>
    /// <param name="Random">The generator.</param>
    /// <param name="Fill">The colour of what comes in from outside.</param>
    /// <param name="Named">The filter that was named for all images; null to draw one, as timm does.</param>
    public readonly record struct Context(SplitMix64 Random, Rgb Fill, Interpolation? Named = null)
    {
        /// <summary>The value or its negative.</summary>
        public double Signed(double value) => Random.Next(2) == 0 ? value : -value;

        /// <summary>The filter that was named, or either where none was or where it only resizes.</summary>
        public Interpolation Filter() => Moving(Named) ?? RandomResizedCrop.Drawn[Random.Next(2)];

        /// <summary>A filter that moves pixels too; null for one that only resizes.</summary>
        public static Interpolation? Moving(Interpolation? filter) =>
            filter is Interpolation.Nearest or Interpolation.Bilinear or Interpolation.Bicubic ? filter : null;

        /// <summary>A factor on either side of 1, further away with the magnitude.</summary>
        public double Factor(double magnitude) => Math.Max(0.1, 1 + Signed(0.9 * magnitude / Top));
    }
}
