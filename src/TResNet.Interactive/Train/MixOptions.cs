using System.CommandLine;
using Notebook;
using TResNet.Data.Transforms;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Train;

/// <summary>The options that say how the images of a batch are mixed with each other.</summary>
internal sealed class MixOptions
{
    private static readonly Augmentations Defaults = new();

    private readonly Option<double> mixup = CommonOptions.Make(
        "--mixup",
        "Mixes images with each other: the parameter of the Beta distribution of their shares, such as 0.2.",
        Defaults.Mixup,
        "alpha"
    );
    private readonly Option<double> cutmix = CommonOptions.Make(
        "--cutmix",
        "Exchanges rectangles of images, likewise; with --mixup, as --mixup-switch-prob says.",
        Defaults.Cutmix,
        "alpha"
    );
    private readonly Option<double[]> minMax = new("--cutmix-minmax")
    {
        Description =
            "Exchanges rectangles whose sides are from the first to the second share of the image's, such as 0.2 0.8, in the place of --cutmix.",
        HelpName = "shares",
        AllowMultipleArgumentsPerToken = true,
        Arity = new ArgumentArity(2, 2),
    };
    private readonly Option<double> probability = CommonOptions.Make(
        "--mixup-prob",
        "The share of what --mixup-mode names that is mixed at all.",
        Defaults.MixupProb,
        "share"
    );
    private readonly Option<double> switches = CommonOptions.Make(
        "--mixup-switch-prob",
        "The share of it that gets rectangles, where both kinds are asked for.",
        Defaults.MixupSwitchProb,
        "share"
    );
    private readonly Option<string> mode = KindOption.Create<MixupMode>(
        "--mixup-mode",
        "What is drawn once for: a batch, a pair of images, or each image."
    );
    private readonly Option<int> off = CommonOptions.Make(
        "--mixup-off-epoch",
        "The last epoch that mixes; 0 for all.",
        Defaults.MixupOffEpoch,
        "epoch"
    );

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [mixup, cutmix, minMax, probability, switches, mode, off];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    /// <exception cref="CommandException">An option means nothing beside the others.</exception>
    public Augmentations Read(ParseResult parsed, Augmentations others)
    {
        var changes = others with
        {
            Mixup = parsed.ValueOr(mixup, others.Mixup),
            Cutmix = parsed.ValueOr(cutmix, others.Cutmix),
            CutmixMinMax = parsed.GetValue(minMax) is [var least, var most] ? (least, most) : others.CutmixMinMax,
            MixupProb = parsed.ValueOr(probability, others.MixupProb),
            MixupSwitchProb = parsed.ValueOr(switches, others.MixupSwitchProb),
            MixupMode = KindOption.Read(parsed, mode, others.MixupMode),
            MixupOffEpoch = parsed.ValueOr(off, others.MixupOffEpoch),
        };
        foreach (var option in All.Skip(3).Where(parsed.IsGiven))
        {
            if (!changes.Mixes)
            {
                throw new CommandException(
                    $"{option.Name} means nothing without {mixup.Name} or {cutmix.Name}, such as {mixup.Name} 0.2: add one, or leave it out."
                );
            }
        }

        if (parsed.IsGiven(switches) && (changes.Mixup == 0 || changes is { Cutmix: 0, CutmixMinMax: null }))
        {
            throw new CommandException(
                $"{switches.Name} means nothing without both {mixup.Name} and {cutmix.Name}: add the other, or leave it out."
            );
        }

        return changes;
    }
}
