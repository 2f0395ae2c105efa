using System.CommandLine;
using TResNet.Data;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Train;

/// <summary>The options that say how training images are changed at random.</summary>
internal sealed class AugmentationOptions
{
    private static readonly Augmentations Defaults = new();

    private readonly Option<double> crop = CommonOptions.Make(
        "--min-crop",
        "The smallest part of a photograph that training sees, as a share of its area.",
        Defaults.LeastCrop,
        "share"
    );
    private readonly Option<double> flip = CommonOptions.Make(
        "--hflip",
        "The share of images that are mirrored; of Fashion-MNIST and its like where other augmentation is asked for.",
        Defaults.Flip,
        "share"
    );
    private readonly Option<string?> policy = new("--aa")
    {
        Description =
            "AutoAugment (original, v0, and either with r behind) or RandAugment as timm writes it, such as rand-m9-mstd0.5-inc1; none for neither.",
        HelpName = "policy",
    };
    private readonly Option<double> jitter = CommonOptions.Make(
        "--color-jitter",
        "How far brightness, contrast and saturation move.",
        Defaults.ColorJitter,
        "strength"
    );
    private readonly Option<double> cutout = CommonOptions.Make(
        "--cutout",
        "The side of a square that covers part of each image, as a share of the image's.",
        Defaults.Cutout,
        "share"
    );
    private readonly Option<double> erasing = CommonOptions.Make(
        "--reprob",
        "The share of images that lose a random rectangle to noise (random erasing).",
        Defaults.Erasing,
        "share"
    );
    private readonly Option<double> mixup = CommonOptions.Make(
        "--mixup",
        "Mixes images with each other: the parameter of the Beta distribution of their shares, such as 0.2.",
        Defaults.Mixup,
        "alpha"
    );
    private readonly Option<double> cutmix = CommonOptions.Make(
        "--cutmix",
        "Exchanges rectangles of images, likewise; with --mixup, in every other batch.",
        Defaults.Cutmix,
        "alpha"
    );

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [crop, flip, policy, jitter, cutout, erasing, mixup, cutmix];

    /// <summary>What was asked for, checked.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent; null for the defaults.</param>
    /// <returns>The augmentations; null where nothing asks for any.</returns>
    /// <exception cref="TResNetException">A value is out of range, or two do not go together.</exception>
    public Augmentations? Read(ParseResult parsed, Augmentations? others)
    {
        if (others is null && !All.Any(parsed.IsGiven))
        {
            return null;
        }

        var rest = others ?? Defaults;
        return (
            rest with
            {
                LeastCrop = Given(crop, rest.LeastCrop),
                Flip = Given(flip, rest.Flip),
                Policy = Given(policy, rest.Policy) is var named && named == "none" ? null : named,
                ColorJitter = Given(jitter, rest.ColorJitter),
                Cutout = Given(cutout, rest.Cutout),
                Erasing = Given(erasing, rest.Erasing),
                Mixup = Given(mixup, rest.Mixup),
                Cutmix = Given(cutmix, rest.Cutmix),
            }
        ).Validate();

        T Given<T>(Option<T> option, T other) => parsed.IsGiven(option) ? parsed.GetValue(option)! : other;
    }
}
