// AutoAugment's policies for ImageNet: "original" is that of the paper (E. Cubuk et al., arXiv 1805.09501, table 9), "v0" that of Google's TPU
// models. An r behind either makes Posterize discard more with the magnitude, as Google's research code does. "3a" is 3-Augment (H. Touvron et al.,
// "DeiT III", arXiv 2204.07118, section 3.2) with timm's values; its colour jitter is named beside it.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>One of some pairs of operations, drawn anew for each image, each with its own probability and magnitude.</summary>
internal sealed class AutoAugment : ImageTransform
{
    // Operation, tenths of probability, magnitude; twice.
    private const string Original = """
        Posterize 4 8  Rotate 6 9
        Solarize 6 5  AutoContrast 6 5
        Equalize 8 8  Equalize 6 3
        Posterize 6 7  Posterize 6 6
        Equalize 4 7  Solarize 2 4
        Equalize 4 4  Rotate 8 8
        Solarize 6 3  Equalize 6 7
        Posterize 8 5  Equalize 10 2
        Rotate 2 3  Solarize 6 8
        Equalize 6 8  Posterize 4 6
        Rotate 8 8  Color 4 0
        Rotate 4 9  Equalize 6 2
        Equalize 0 7  Equalize 8 8
        Invert 6 4  Equalize 10 8
        Color 6 4  Contrast 10 8
        Rotate 8 8  Color 10 2
        Color 8 8  Solarize 8 7
        Sharpness 4 7  Invert 6 8
        ShearX 6 5  Equalize 10 9
        Color 4 0  Equalize 6 3
        Equalize 4 7  Solarize 2 4
        Solarize 6 5  AutoContrast 6 5
        Invert 6 4  Equalize 10 8
        Color 6 4  Contrast 10 8
        Equalize 8 8  Equalize 6 3
        """;

    private const string Tpu = """
        Equalize 8 1  ShearY 8 4
        Color 4 9  Equalize 6 3
        Color 4 1  Rotate 6 8
        Solarize 8 3  Equalize 4 7
        Solarize 4 2  Solarize 6 2
        Color 2 0  Equalize 8 8
        Equalize 4 8  SolarizeAdd 8 3
        ShearX 2 9  Rotate 6 8
        Color 6 1  Equalize 10 2
        Invert 4 9  Rotate 6 0
        Equalize 10 9  ShearY 6 3
        Color 4 7  Equalize 6 0
        Posterize 4 6  AutoContrast 4 7
        Solarize 6 8  Color 6 9
        Solarize 2 4  Rotate 8 9
        Rotate 10 7  TranslateYRel 8 9
        ShearX 0 0  Solarize 8 4
        ShearY 8 0  Color 6 4
        Color 10 0  Rotate 6 2
        Equalize 8 4  Equalize 0 8
        Equalize 10 4  AutoContrast 6 2
        ShearY 4 7  SolarizeAdd 6 7
        Posterize 8 2  Solarize 6 10
        Solarize 6 8  Equalize 6 1
        Color 8 6  Rotate 4 5
        """;

    private const string Three = """
        Solarize 10 5
        Desaturate 10 10
        GaussianBlurRand 10 10
        """;

    /// <summary>The name of the policy that has room for a colour jitter.</summary>
    internal const string ThreeName = "3a";

    private static readonly Dictionary<string, (string Policy, string Posterize)> Policies = new()
    {
        ["original"] = (Original, "PosterizeOriginal"),
        ["originalr"] = (Original, "PosterizeIncreasing"),
        ["v0"] = (Tpu, "Posterize"),
        ["v0r"] = (Tpu, "PosterizeIncreasing"),
        [ThreeName] = (Three, ""),
    };

    private static readonly Dictionary<string, string> Sections = new() { ["mstd"] = "deviation of the magnitude" };

    private readonly Step[][] pairs;
    private readonly double deviation;
    private readonly Rgb fill;
    private readonly Interpolation? filter;

    /// <summary>A policy by name.</summary>
    /// <param name="text"><c>original</c>, <c>originalr</c>, <c>v0</c>, <c>v0r</c> or <c>3a</c>, perhaps with <c>-mstd0.5</c> behind: a deviation of the magnitudes.</param>
    /// <param name="fill">The colour of what comes in from outside; null for grey.</param>
    /// <param name="filter">The filter of what moves pixels; null draws one each time, as timm does.</param>
    /// <exception cref="TResNetException">There is no such policy.</exception>
    public AutoAugment(string text = "original", Rgb? fill = null, Interpolation? filter = null)
    {
        var name = text.Split('-')[0];
        if (!Policies.TryGetValue(name, out var found))
        {
            throw new TResNetException(
                $"There is no policy '{name}'; take {string.Join(", ", Policies.Keys)}, {TrivialAugment.Name}, or a text such as {RandAugment.Name}-m9-mstd0.5-inc1."
            );
        }

        pairs =
        [
            .. found
                .Policy.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                    line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Chunk(3)
                        .Select(step => Step.Parse(step, found.Posterize))
                        .ToArray()
                ),
        ];
        deviation = new AugmentConfig(text, Sections).Deviation();
        (this.fill, this.filter) = (fill ?? new Rgb(128, 128, 128), filter);
    }

    /// <summary>AutoAugment, RandAugment or TrivialAugment, whichever a text names.</summary>
    /// <param name="text">As either takes it.</param>
    /// <param name="fill">The colour of what comes in from outside; null for grey.</param>
    /// <param name="filter">The filter of what moves pixels; null for what each has by itself.</param>
    /// <exception cref="TResNetException">The text names none of them.</exception>
    public static ImageTransform Parse(string text, Rgb? fill = null, Interpolation? filter = null) =>
        text == TrivialAugment.Name
            ? new TrivialAugment(AugmentOperation.Context.Moving(filter) ?? Interpolation.Nearest)
        : text.Split('-')[0] == RandAugment.Name ? new RandAugment(text, fill, filter)
        : new AutoAugment(text, fill, filter);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var context = new AugmentOperation.Context(random, fill, filter);
        foreach (var step in pairs[random.Next(pairs.Length)])
        {
            if (random.Uniform(0, 1) < step.Probability)
            {
                image = step.Operation.Vary(image, step.Magnitude, deviation, AugmentOperation.Top, context);
            }
        }

        return image;
    }

    /// <summary>An operation of a pair.</summary>
    private sealed record Step(AugmentOperation Operation, double Probability, double Magnitude)
    {
        public static Step Parse(string[] words, string posterize) =>
            new(
                AugmentOperation.Of(words[0] == "Posterize" ? posterize : words[0]),
                int.Parse(words[1]) / 10.0,
                int.Parse(words[2])
            );
    }
}
