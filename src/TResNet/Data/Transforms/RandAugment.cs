// RandAugment (E. Cubuk et al., arXiv 1909.13719) as timm has it, with its way to write it.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Some operations, drawn anew for each image, all of one magnitude.</summary>
internal sealed class RandAugment : ImageTransform
{
    /// <summary>The name that a text begins with.</summary>
    public const string Name = "rand";

    private static readonly Dictionary<string, string> Sections = new()
    {
        ["m"] = "magnitude",
        ["n"] = "operations an image",
        ["p"] = "probability of each",
        ["mstd"] = "deviation of the magnitude",
        ["mmax"] = "largest magnitude",
        ["inc"] = "1 for operations that grow with the magnitude",
    };

    // Those that have a version which grows with the magnitude.
    private static readonly string[] Growing =
    [
        "Posterize",
        "Solarize",
        "Color",
        "Contrast",
        "Brightness",
        "Sharpness",
    ];

    private static readonly string[] Operations =
    [
        "AutoContrast",
        "Equalize",
        "Invert",
        "Rotate",
        "Posterize",
        "Solarize",
        "SolarizeAdd",
        "Color",
        "Contrast",
        "Brightness",
        "Sharpness",
        "ShearX",
        "ShearY",
        "TranslateXRel",
        "TranslateYRel",
    ];

    private readonly AugmentOperation[] operations;
    private readonly double magnitude;
    private readonly double deviation;
    private readonly double most;
    private readonly double probability;
    private readonly int count;
    private readonly Rgb fill;
    private readonly Interpolation? filter;

    /// <summary>A policy from its text.</summary>
    /// <param name="text">
    /// <c>rand</c> and, in any order with dashes between: <c>m</c> magnitude 0 to 30 (10), <c>n</c> operations (2), <c>p</c> probability of each (0.5),
    /// <c>mstd</c> deviation of the magnitude (0; above 100: uniform), <c>mmax</c> largest magnitude (10), <c>inc1</c> operations that grow with it.
    /// </param>
    /// <param name="fill">The colour of what comes in from outside; null for grey.</param>
    /// <param name="filter">The filter of what moves pixels; null draws one each time, as timm does.</param>
    /// <exception cref="TResNetException">The text is not of this form, or a number is out of range.</exception>
    public RandAugment(string text, Rgb? fill = null, Interpolation? filter = null)
    {
        if (text.Split('-')[0] != Name)
        {
            throw new TResNetException($"{text} does not begin with {Name}; write for example {Name}-m9-mstd0.5-inc1.");
        }

        var config = new AugmentConfig(text, Sections);
        var grows = config.Get("inc", 0, 0, 1) > 0;
        operations =
        [
            .. Operations.Select(name =>
                AugmentOperation.Of(grows && Growing.Contains(name) ? name + "Increasing" : name)
            ),
        ];
        magnitude = config.Get("m", AugmentOperation.Top, 0, 30);
        deviation = config.Deviation();
        most = config.Get("mmax", AugmentOperation.Top, 1, 30);
        probability = config.Get("p", 0.5, 0, 1);
        count = (int)config.Get("n", 2, 1, 20);
        (this.fill, this.filter) = (fill ?? new Rgb(128, 128, 128), filter);
    }

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var context = new AugmentOperation.Context(random, fill, filter);
        for (var i = 0; i < count; i++)
        {
            var operation = operations[random.Next(operations.Length)];
            if (random.Uniform(0, 1) < probability)
            {
                image = operation.Vary(image, magnitude, deviation, most, context);
            }
        }

        return image;
    }
}
