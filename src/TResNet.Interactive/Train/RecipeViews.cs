using System.Globalization;
using TResNet.Compute;
using TResNet.Data.Transforms;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>Recipes as tables: one with what a run makes of it, or several beside each other.</summary>
internal static class RecipeViews
{
    /// <summary>A recipe as a run follows it, and what of it was changed.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="options">The options as they are followed.</param>
    /// <param name="augmentations">The augmentations as they are followed.</param>
    /// <param name="side">The side of the images in pixels.</param>
    /// <param name="tested">How images to test on become squares.</param>
    public static View Of(
        Recipe recipe,
        TrainingOptions options,
        Augmentations? augmentations,
        int side,
        CropMode tested
    )
    {
        var named = Rows(recipe.Options, recipe.Augmentations, recipe.InputSize, recipe.CropMode);
        var followed = Rows(options, augmentations, recipe.InputSize is null ? null : side, tested);
        var isChanged = !followed.SequenceEqual(named);
        return new View
        {
            Title = $"Recipe {recipe.Name}",
            Subtitle = recipe.Summary,
            Parts =
            [
                new Table
                {
                    Columns = [new("setting"), new("value"), .. isChanged ? (Column[])[new("in the recipe")] : []],
                    Rows =
                    [
                        .. followed
                            .Zip(named)
                            .Where(pair => pair.First.Value != Nothing || pair.Second.Value != Nothing)
                            .Select(pair =>
                                (Cell[])
                                    [
                                        pair.First.Setting,
                                        pair.First.Value,
                                        .. isChanged
                                            ? (Cell[])[pair.First == pair.Second ? "same" : pair.Second.Value]
                                            : [],
                                    ]
                            ),
                    ],
                    Note = Origin(recipe),
                },
            ],
        };
    }

    /// <summary>Recipes beside each other.</summary>
    public static View Of(IReadOnlyList<Recipe> recipes)
    {
        var rows = recipes
            .Select(recipe =>
                Rows(
                    recipe.Options with
                    {
                        ComputeType = recipe.OnGpu,
                    },
                    recipe.Augmentations,
                    recipe.InputSize,
                    recipe.CropMode
                )
            )
            .ToArray();
        return new View
        {
            Parts =
            [
                new Table
                {
                    Columns = [new("setting"), .. recipes.Select(recipe => new Column(recipe.Name))],
                    Rows =
                    [
                        .. Enumerable
                            .Range(0, rows[0].Count)
                            .Where(i => rows.Any(each => each[i].Value != Nothing))
                            .Select(i => (Cell[])[rows[0][i].Setting, .. rows.Select(each => (Cell)each[i].Value)]),
                    ],
                },
                .. recipes.Select(recipe => $"{recipe.Name}: {recipe.Summary} From {Origin(recipe)}"),
            ],
        };
    }

    private const string Nothing = "–";

    private static string Origin(Recipe recipe) =>
        recipe.Chosen is null ? $"{recipe.Source}." : $"{recipe.Source}. Chosen here: {recipe.Chosen}.";

    private static List<(string Setting, string Value)> Rows(
        TrainingOptions options,
        Augmentations? augmentations,
        int? side,
        CropMode tested
    )
    {
        var changes = augmentations ?? new Augmentations { Scale = (1, 1), HFlip = 0 };
        return
        [
            ("epochs", N(options.Epochs)),
            ("batch size", N(options.BatchSize)),
            ("batches a step", options.GradAccumSteps == 1 ? Nothing : N(options.GradAccumSteps)),
            ("precision", options.ComputeType == ComputeType.Float32 ? Nothing : $"{options.ComputeType}, on a GPU"),
            ("optimiser", $"{options.Optimizer}"),
            ("learning rate", $"{N(options.LearningRate)}, {DisplayText.Of(options.Scheduler)}"),
            ("warm-up", WarmUp(options)),
            ("cycle of the momentum", options.CycleMomentum ? "0.95 to 0.85 and back" : Nothing),
            ("least learning rate", Share(options.MinLr)),
            ("epochs to cool down", options.CooldownEpochs == 0 ? Nothing : N(options.CooldownEpochs)),
            ("decay", Decay(options)),
            ("momentum", Momentum(options)),
            ("weight decay", Share(options.WeightDecay)),
            (
                options.ClipMode switch
                {
                    ClipMode.Value => "largest gradient",
                    ClipMode.Agc => "adaptive clipping",
                    _ => "largest gradient norm",
                },
                Share(options.ClipGrad)
            ),
            (
                "average of the weights",
                options.ModelEmaDecay == 0 ? Nothing
                : options.ModelEmaWarmup ? $"{N(options.ModelEmaDecay)}, warmed up"
                : N(options.ModelEmaDecay)
            ),
            ("loss", DisplayText.Of(options.Loss)),
            ("label smoothing", Share(options.LabelSmoothing)),
            ("first image size", options.FirstSize == 1 ? Nothing : $"{Percent(options.FirstSize)} of the side"),
            ("image size", side is { } pixels ? $"{N(pixels)} pixels" : Nothing),
            ("tested on photographs", tested == CropMode.Center ? Nothing : KindOption.Word(tested)),
            (
                "trained on photographs",
                changes.TrainCropMode == TrainCropMode.Rrc ? Nothing : KindOption.Word(changes.TrainCropMode)
            ),
            (
                "smallest crop",
                changes.Scale.Min == 1 || !changes.TrainCropMode.DrawsPart()
                    ? Nothing
                    : $"{Percent(changes.Scale.Min)} of the area (photographs)"
            ),
            (
                "largest crop",
                changes.Scale.Max == 1 || !changes.TrainCropMode.DrawsPart()
                    ? Nothing
                    : $"{Percent(changes.Scale.Max)} of the area (photographs)"
            ),
            (
                "width to height",
                changes.Ratio == new Augmentations().Ratio
                    ? Nothing
                    : $"{N(changes.Ratio.Min)} to {N(changes.Ratio.Max)}"
            ),
            ("filter", changes.TrainInterpolation is { } filter ? KindOption.Word(filter) : Nothing),
            ("upside down", changes.VFlip == 0 ? Nothing : Percent(changes.VFlip)),
            ("mirrored", changes.HFlip == 0 ? Nothing : Percent(changes.HFlip)),
            ("shift", changes.Shift == 0 ? Nothing : $"{N(changes.Shift)} pixels"),
            ("policy", changes.AutoAugment ?? Nothing),
            ("colour jitter", Share(changes.ColorJitter)),
            (
                "cutout",
                changes.Cutout == 0
                    ? Nothing
                    : $"{Percent(changes.Cutout)} of the side{(changes.CutoutFirst ? ", before the policy" : "")}"
            ),
            ("random erasing", changes.RandomErasing == 0 ? Nothing : Percent(changes.RandomErasing)),
            ("times in a row", changes.AugRepeats <= 1 ? Nothing : N(changes.AugRepeats)),
            ("mixup", Share(changes.Mixup)),
            ("cutmix", Share(changes.Cutmix)),
            ("cutmix sides", changes.CutmixMinMax is var (least, most) ? $"{N(least)} to {N(most)}" : Nothing),
            (
                "drawn for",
                changes.MixupMode == MixupMode.Batch ? Nothing : $"each {KindOption.Word(changes.MixupMode)}"
            ),
            ("mixed", changes.MixupProb == 1 ? Nothing : Percent(changes.MixupProb)),
            ("of these cutmix", changes.MixupSwitchProb == 0.5 ? Nothing : Percent(changes.MixupSwitchProb)),
            ("last mixed epoch", changes.MixupOffEpoch == 0 ? Nothing : N(changes.MixupOffEpoch)),
        ];
    }

    /// <summary>Momentum, or betas, and an epsilon that is not the optimiser's own.</summary>
    public static string Momentum(TrainingOptions options)
    {
        var betas = options.Optimizer.Betas();
        var momentum = options.Optimizer.HasMomentum()
            ? N(options.Momentum)
            : $"betas {N(options.Beta1 ?? betas.First)} and {N(options.Beta2 ?? betas.Second)}";
        return options.OptEps is { } epsilon ? $"{momentum}, epsilon {N(epsilon)}" : momentum;
    }

    private static string WarmUp(TrainingOptions options) =>
        options.WarmupEpochs is { } epochs ? (epochs == 0 ? Nothing : $"{N(epochs)} epochs")
        : options.WarmUp == 0 || !options.Scheduler.HasWarmUpShare() ? Nothing
        : $"{Percent(options.WarmUp)} of the steps";

    private static string Decay(TrainingOptions options) =>
        options.Scheduler switch
        {
            SchedulerKind.Step => $"by {N(options.DecayRate)} every {N(options.DecayEpochs)} epochs",
            SchedulerKind.MultiStep => $"by {N(options.DecayRate)} at {string.Join(", ", options.DecayMilestones)}",
            SchedulerKind.Poly => $"power {N(options.DecayRate)}",
            SchedulerKind.Plateau =>
                $"by {N(options.DecayRate)} after {options.PatienceEpochs} epochs without a better one",
            _ => Nothing,
        };

    private static string Percent(double share) => $"{N(100 * share)}%";

    private static string Share(double value) => value == 0 ? Nothing : N(value);

    private static string N(double value) =>
        value.ToString(value is > 0 and < 1e-5 ? "0.##e-0" : "0.######", CultureInfo.InvariantCulture);
}
