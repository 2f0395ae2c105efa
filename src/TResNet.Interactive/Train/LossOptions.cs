using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that shape a loss; each is for one of them alone.</summary>
internal sealed class LossOptions
{
    private static readonly TrainingOptions Defaults = new();

    private readonly Option<double> negative = CommonOptions.Make(
        "--gamma-neg",
        "The asymmetric loss: how much less an easy label that is not there counts.",
        Defaults.AsymmetricNegative,
        "power"
    );
    private readonly Option<double> positive = CommonOptions.Make(
        "--gamma-pos",
        "The asymmetric loss: how much less an easy label that is there counts.",
        Defaults.AsymmetricPositive,
        "power"
    );
    private readonly Option<double> margin = CommonOptions.Make(
        "--asl-clip",
        "The asymmetric loss of several labels: what is not there counts nothing up to this probability.",
        Defaults.AsymmetricMargin,
        "probability"
    );
    private readonly Option<double?> threshold = new("--bce-target-thresh")
    {
        Description =
            "Binary cross entropy: targets that mixing and smoothing made count as 1 above this share and as 0 below. Default: as they are.",
        HelpName = "share",
    };
    private readonly Option<double> weight = CommonOptions.Make(
        "--bce-pos-weight",
        "Binary cross entropy: how much more a label that is there counts.",
        Defaults.BcePosWeight,
        "factor"
    );

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [negative, positive, margin, threshold, weight];

    /// <summary>What was asked for, in options that say the loss already.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    /// <exception cref="CommandException">An option is for another loss.</exception>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others)
    {
        Require(parsed, others.Loss, LossKind.Asymmetric, "asymmetric", negative, positive, margin);
        Require(parsed, others.Loss, LossKind.BinaryCrossEntropy, "bce", threshold, weight);
        return others with
        {
            AsymmetricNegative = parsed.ValueOr(negative, others.AsymmetricNegative),
            AsymmetricPositive = parsed.ValueOr(positive, others.AsymmetricPositive),
            AsymmetricMargin = parsed.ValueOr(margin, others.AsymmetricMargin),
            BceTargetThreshold = parsed.ValueOr(threshold, others.BceTargetThreshold),
            BcePosWeight = parsed.ValueOr(weight, others.BcePosWeight),
        };
    }

    /// <summary>Refuses what the asymmetric loss has in one of its forms alone.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="smoothing">The option for label smoothing.</param>
    /// <param name="isMultiLabel">Whether an image may have several labels.</param>
    /// <exception cref="CommandException">The form has no place for it.</exception>
    public void RequireForm(ParseResult parsed, LossKind loss, Option<double> smoothing, bool isMultiLabel)
    {
        if (loss != LossKind.Asymmetric)
        {
            return;
        }

        var (other, form) = isMultiLabel ? (smoothing, "several labels") : (margin, "one label an image");
        if (parsed.IsGiven(other) && parsed.GetValue(other) != 0)
        {
            throw new CommandException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{other.Name} {parsed.GetValue(other)} has no place in the asymmetric loss of {form}: leave it out."
                )
            );
        }
    }

    private static void Require(
        ParseResult parsed,
        LossKind loss,
        LossKind needed,
        string word,
        params ReadOnlySpan<Option> options
    )
    {
        foreach (var option in options)
        {
            if (loss != needed && parsed.IsGiven(option))
            {
                throw new CommandException(
                    $"{option.Name} is an option of --loss {word}, and the loss is another: take that loss, or leave it out."
                );
            }
        }
    }
}
