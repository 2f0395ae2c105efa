// TrivialAugment (S. Müller, F. Hutter, arXiv 2103.10158) in its wide space, with the operations, magnitudes and draws of torchvision's
// TrivialAugmentWide.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>One operation for each image, of a magnitude that is drawn too.</summary>
/// <param name="interpolation">The filter of what moves pixels: nearest, as torchvision has it, bilinear or bicubic.</param>
internal sealed class TrivialAugment(Interpolation interpolation = Interpolation.Nearest) : ImageTransform
{
    /// <summary>The name of torchvision's references for it.</summary>
    public const string Name = "ta_wide";

    /// <summary>Magnitudes of an operation.</summary>
    public const int Bins = 31;

    private const float Factors = 0.99f;

    /// <summary>The operations in torchvision's order, with the magnitudes at either end; those without any have zeros.</summary>
    internal static IReadOnlyList<(string Name, float From, float To, bool IsSigned)> Operations { get; } =
    [
        ("Identity", 0, 0, false),
        ("ShearX", 0, Factors, true),
        ("ShearY", 0, Factors, true),
        ("TranslateX", 0, 32, true),
        ("TranslateY", 0, 32, true),
        ("Rotate", 0, 135, true),
        ("Brightness", 0, Factors, true),
        ("Color", 0, Factors, true),
        ("Contrast", 0, Factors, true),
        ("Sharpness", 0, Factors, true),
        ("Posterize", 8, 2, false),
        ("Solarize", 255, 0, false),
        ("AutoContrast", 0, 0, false),
        ("Equalize", 0, 0, false),
    ];

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var (name, from, to, isSigned) = Operations[random.Next(Operations.Count)];
        var magnitude = from == to ? from : Magnitude(from, to, random.Next(Bins));
        return Change(name, image, isSigned && random.Next(2) == 1 ? -magnitude : magnitude);
    }

    /// <summary>One of the magnitudes, evenly spaced, in single precision as torch.linspace gives them.</summary>
    internal static double Magnitude(float from, float to, int bin) =>
        (float)(from + ((double)to - from) * bin / (Bins - 1));

    /// <summary>An operation at a magnitude.</summary>
    internal RgbImage Change(string name, RgbImage image, double magnitude)
    {
        // torchvision goes through degrees.
        double Slope() => Math.Tan(Math.Atan(magnitude) * (180 / Math.PI) * (Math.PI / 180));

        return name switch
        {
            "ShearX" => PilAffine.ShearX(image, Slope(), interpolation, default),
            "ShearY" => PilAffine.ShearY(image, Slope(), interpolation, default),
            "TranslateX" => PilAffine.Translate(image, -(int)magnitude, 0, interpolation, default),
            "TranslateY" => PilAffine.Translate(image, 0, -(int)magnitude, interpolation, default),
            "Rotate" => PilAffine.Rotate(image, magnitude, interpolation, default),
            "Brightness" => PilColor.Brightness(image, 1 + magnitude),
            "Color" => PilColor.Saturation(image, 1 + magnitude),
            "Contrast" => PilColor.Contrast(image, 1 + magnitude),
            "Sharpness" => PilTone.Sharpness(image, 1 + magnitude),
            "Posterize" => PilTone.Posterize(image, (int)Math.Round(magnitude)),
            "Solarize" => PilTone.Solarize(image, magnitude),
            "AutoContrast" => PilTone.AutoContrast(image),
            "Equalize" => PilTone.Equalize(image),
            _ => image,
        };
    }
}
