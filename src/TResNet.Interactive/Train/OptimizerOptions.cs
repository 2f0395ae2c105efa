using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that say what changes the weights, and how they are averaged.</summary>
internal sealed class OptimizerOptions
{
    private const double UsualAverage = 0.9998;
    private static readonly TrainingOptions Defaults = new();

    private readonly Option<double> momentum = CommonOptions.Make(
        "--momentum",
        "Momentum; Nesterov's for sgd.",
        Defaults.Momentum,
        "share"
    );
    private readonly Option<double?> epsilon = new("--opt-eps")
    {
        Description =
            "What keeps the optimiser from dividing by nothing. Default: the optimiser's own, 0.001 for rmsproptf.",
        HelpName = "number",
    };
    private readonly Option<double[]> betas = new("--opt-betas")
    {
        Description =
            "The shares of the means of gradients and of their squares that are kept. Default: the optimiser's own.",
        HelpName = "shares",
        AllowMultipleArgumentsPerToken = true,
        Arity = new ArgumentArity(2, 2),
    };
    private readonly Option<double> decay = CommonOptions.Make(
        "--weight-decay",
        "Decay of weights; norms and biases have none.",
        Defaults.WeightDecay,
        "rate"
    );
    private readonly Option<double?> layerDecay = new("--layer-decay")
    {
        Description =
            "What the learning rate of each layer is multiplied by once more than that of the layer after it, such as 0.75; layers are the stem, each block and the head, which has all of --lr.",
        HelpName = "share",
    };
    private readonly Option<double> layerDecayMinScale = CommonOptions.Make(
        "--layer-decay-min-scale",
        "The least part of the learning rate that --layer-decay leaves a layer.",
        Defaults.LayerDecayMinScale,
        "share"
    );
    private readonly Option<double> clip = CommonOptions.Make(
        "--clip-grad",
        "The bound of the gradients, as --clip-mode says; 0 for none.",
        Defaults.ClipGrad,
        "number"
    );
    private readonly Option<string> clipMode = KindOption.Create<ClipMode>(
        "--clip-mode",
        "What is bounded: the norm of all gradients, each value, or each unit's norm as a share of its weights' (agc)."
    );
    private readonly Option<bool> average = new("--model-ema")
    {
        Description = FormattableString.Invariant(
            $"Averages the weights, with a decay of {UsualAverage} where --model-ema-decay names no other."
        ),
    };
    private readonly Option<double> averageDecay = CommonOptions.Make(
        "--model-ema-decay",
        "Averages the weights, of which so much is kept at each step, such as 0.999; 0 for no average.",
        Defaults.ModelEmaDecay,
        "share"
    );
    private readonly Option<bool> averageWarmUp = CommonOptions.Make(
        "--model-ema-warmup",
        "Whether the average begins with the weights as they are and keeps more of itself only step by step; false for the same share from the start.",
        Defaults.ModelEmaWarmup,
        "true or false"
    );

    /// <summary>Which optimiser.</summary>
    public Option<string> Kind { get; } = KindOption.Create<OptimizerKind>("--opt", "What changes the weights.");

    /// <summary>The highest learning rate.</summary>
    public Option<double> Rate { get; } =
        CommonOptions.Make("--lr", "The highest learning rate.", Defaults.LearningRate, "rate");

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        [Kind, Rate, momentum, epsilon, betas, decay, layerDecay, layerDecayMinScale, clip, clipMode, .. OfAverage];

    /// <summary>Those of the average of the weights.</summary>
    public IReadOnlyList<Option> OfAverage => [average, averageDecay, averageWarmUp];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    /// <exception cref="CommandException">An option means nothing to the optimiser.</exception>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others)
    {
        var kind = KindOption.Read(parsed, Kind, others.Optimizer);
        KindOption.RequireUse(parsed, momentum, Kind, kind, OptimizerTraits.HasMomentum);
        KindOption.RequireUse(parsed, epsilon, Kind, kind, OptimizerTraits.HasEpsilon);
        KindOption.RequireUse(parsed, betas, Kind, kind, OptimizerTraits.HasBetas);
        var (first, second) = parsed.GetValue(betas) is [var one, var two] ? ((double?)one, (double?)two) : default;
        var keepsOwn = kind == others.Optimizer;
        var options = others with
        {
            Optimizer = kind,
            LearningRate = parsed.ValueOr(Rate, others.LearningRate),
            Momentum = parsed.ValueOr(momentum, others.Momentum),
            OptEps = parsed.GetValue(epsilon) ?? (keepsOwn ? others.OptEps : null),
            Beta1 = first ?? (keepsOwn ? others.Beta1 : null),
            Beta2 = second ?? (keepsOwn ? others.Beta2 : null),
            WeightDecay = parsed.ValueOr(decay, others.WeightDecay),
            LayerDecay = parsed.GetValue(layerDecay) ?? others.LayerDecay,
            LayerDecayMinScale = parsed.ValueOr(layerDecayMinScale, others.LayerDecayMinScale),
            ClipGrad = parsed.ValueOr(clip, others.ClipGrad),
            ClipMode = KindOption.Read(parsed, clipMode, others.ClipMode),
            ModelEmaDecay = AverageDecay(parsed, others.ModelEmaDecay),
            ModelEmaWarmup = parsed.ValueOr(averageWarmUp, others.ModelEmaWarmup),
        };
        RequireUse(parsed, clipMode, options.ClipGrad == 0, $"{clip.Name}, such as {clip.Name} 1");
        RequireUse(parsed, layerDecayMinScale, options.LayerDecay is null, $"{layerDecay.Name}, such as 0.75");
        RequireUse(parsed, averageWarmUp, options.ModelEmaDecay == 0, average.Name);
        return options;
    }

    private double AverageDecay(ParseResult parsed, double other) =>
        parsed.IsGiven(averageDecay) ? parsed.GetValue(averageDecay)
        : parsed.GetValue(average) && other == 0 ? UsualAverage
        : other;

    private static void RequireUse(ParseResult parsed, Option option, bool isUnused, string with)
    {
        if (isUnused && parsed.IsGiven(option))
        {
            throw new CommandException($"{option.Name} means nothing without {with}: add that, or leave it out.");
        }
    }
}
