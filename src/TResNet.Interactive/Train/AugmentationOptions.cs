using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Data.Transforms;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;

namespace TResNet.Interactive.Train;

/// <summary>The options that say how training images are changed at random.</summary>
internal sealed class AugmentationOptions
{
    private const string Random = "random";
    private static readonly Augmentations Defaults = new();

    private readonly Option<double[]> scale = new("--scale")
    {
        Description = string.Create(
            CultureInfo.InvariantCulture,
            $"The smallest and the largest part of a photograph that training sees, as shares of its area; the largest is 1 where one number is given. Default: {Defaults.Scale.Min} {Defaults.Scale.Max}."
        ),
        HelpName = "shares",
        AllowMultipleArgumentsPerToken = true,
        Arity = new ArgumentArity(1, 2),
    };
    private readonly Option<double> flip = CommonOptions.Make(
        "--hflip",
        "The share of images that are mirrored; of Fashion-MNIST and its like where other augmentation is asked for.",
        Defaults.HFlip,
        "share"
    );
    private readonly Option<int> shift = CommonOptions.Make(
        "--shift",
        "How far training images are shifted at random, in pixels each way.",
        Defaults.Shift,
        "pixels"
    );
    private readonly Option<string?> policy = new("--aa")
    {
        Description =
            "AutoAugment (original, v0, and either with r behind), 3-Augment (3a), TrivialAugment (ta_wide) or RandAugment as timm writes it, such as rand-m9-mstd0.5-inc1; none for none.",
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
        Defaults.RandomErasing,
        "share"
    );

    private readonly Option<string> fill = KindOption.Create(
        "--remode",
        "What fills that rectangle: the mean colour, one random colour, or random pixels.",
        Defaults.ErasingFill
    );
    private readonly Option<double> vflip = CommonOptions.Make(
        "--vflip",
        "The share of images that are mirrored top to bottom.",
        Defaults.VFlip,
        "share"
    );
    private readonly Option<double[]> ratio = new("--ratio")
    {
        Description =
            "The least and the most ratio of width to height of the part of a photograph that training sees. Default: 0.75 1.3333.",
        HelpName = "ratios",
        AllowMultipleArgumentsPerToken = true,
        Arity = new ArgumentArity(2, 2),
    };
    private readonly Option<string> interpolation = CommonOptions.Make(
        "--train-interpolation",
        "The filter that photographs are resized by in training: bilinear, bicubic, nearest, box, hamming or lanczos; random draws bilinear or bicubic for each.",
        Random,
        "kind"
    );
    private readonly Option<string> cropMode = KindOption.Create<TrainCropMode>(
        "--train-crop-mode",
        "How a photograph becomes a square in training: rrc (a random part), rkrc or rkrr (nearly its own proportions, and the middle or anywhere), squash (all of it, "
            + "without its proportions), center or border (as --crop-mode has them)."
    );
    private readonly Option<double> repeats = CommonOptions.Make(
        "--aug-repeats",
        "How often an image comes in a row in training, each time changed anew, in epochs as long as before; 0 for once.",
        Defaults.AugRepeats,
        "number"
    );
    private readonly MixOptions mix = new();

    public AugmentationOptions()
    {
        interpolation.AcceptOnlyFromAmong([Random, .. Enum.GetValues<Interpolation>().Select(KindOption.Word)]);
    }

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        [
            cropMode,
            scale,
            ratio,
            interpolation,
            flip,
            vflip,
            shift,
            policy,
            jitter,
            cutout,
            erasing,
            fill,
            repeats,
            .. mix.All,
        ];

    /// <summary>Adds the options to a command, and the names that they had before.</summary>
    public void AddTo(Command command, INotebook notebook)
    {
        OptionGroups.Put("Augmentation", All);
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.OldName(notebook, "--min-crop", scale);
        command.OldName(notebook, "--flip", flip, "0.5");
    }

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
        var square = KindOption.Read(parsed, cropMode, rest.TrainCropMode);
        KindOption.RequireUse(parsed, scale, cropMode, square, TrainCropModes.DrawsPart);
        KindOption.RequireUse(parsed, ratio, cropMode, square, TrainCropModes.DrawsPart);
        if (square != rest.TrainCropMode)
        {
            rest = rest with { Scale = square.Scale(), Ratio = square.Ratio() };
        }

        return (
            mix.Read(parsed, rest) with
            {
                TrainCropMode = square,
                Scale =
                    !parsed.IsGiven(scale) ? rest.Scale
                    : parsed.GetValue(scale) is [var min, var max] ? (min, max)
                    : (parsed.GetValue(scale)![0], 1),
                HFlip = parsed.ValueOr(flip, rest.HFlip),
                Shift = parsed.ValueOr(shift, rest.Shift),
                AutoAugment = parsed.ValueOr(policy, rest.AutoAugment) is var named && named == "none" ? null : named,
                ColorJitter = parsed.ValueOr(jitter, rest.ColorJitter),
                Cutout = parsed.ValueOr(cutout, rest.Cutout),
                RandomErasing = parsed.ValueOr(erasing, rest.RandomErasing),
                ErasingFill = KindOption.Read(parsed, fill, rest.ErasingFill),
                AugRepeats = parsed.ValueOr(repeats, rest.AugRepeats),
                VFlip = parsed.ValueOr(vflip, rest.VFlip),
                Ratio = parsed.GetValue(ratio) is [var narrow, var wide] ? (narrow, wide) : rest.Ratio,
                TrainInterpolation = !parsed.IsGiven(interpolation) ? rest.TrainInterpolation : Filter(parsed),
            }
        ).Validate();
    }

    /// <summary>Refuses a way to crop photographs where there are none.</summary>
    /// <exception cref="CommandException">It was asked for.</exception>
    public void RequireUse(ParseResult parsed, TrainingData images)
    {
        if (parsed.IsGiven(cropMode))
        {
            images.RequirePhotographs(cropMode.Name);
        }
    }

    private Interpolation? Filter(ParseResult parsed) =>
        parsed.GetRequiredValue(interpolation) == Random
            ? null
            : KindOption.Read(parsed, interpolation, Interpolation.Bilinear);
}
