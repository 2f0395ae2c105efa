using System.CommandLine;
using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options of a command that say how to train.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainingOptions Defaults = new();

    private readonly Option<string?> recipe = new("--recipe")
    {
        Description =
            "A way to train with a name; the other options change parts of it. The recipes command shows what is in each.",
        HelpName = "name",
    };
    private readonly Option<int> epochs = CommonOptions.Make(
        "--epochs",
        "Passes over the training images.",
        Defaults.Epochs,
        "number"
    );
    private readonly Option<int> batch = CommonOptions.Make(
        "--batch-size",
        "Images that go through the network at a time; at least 2.",
        Defaults.BatchSize,
        "number"
    );
    private readonly Option<int> gradAccumSteps = CommonOptions.Make(
        "--grad-accum-steps",
        "Batches whose gradients make one step.",
        Defaults.GradAccumSteps,
        "number"
    );
    private readonly OptimizerOptions optimizer = new();
    private readonly ScheduleOptions schedule;
    private readonly Option<string> computeType = KindOption.Create<ComputeType>(
        "--amp",
        "Computes convolutions in a smaller type: bfloat16, or on a GPU float16."
    );
    private readonly Option<bool> gradCheckpointing = new("--grad-checkpointing")
    {
        Description =
            "Keeps only the input of each block and computes the block again in backward: less memory, more time.",
    };
    private readonly Option<bool> syncBn = new("--sync-bn")
    {
        Description =
            "With several processes: normalises by the statistics of all their images, and not each by its own; training is then that of one.",
    };
    private readonly Option<string> loss = KindOption.Create<LossKind>("--loss", "What training makes small.");
    private readonly Option<string?> metric = EvalMetricOption.Create(
        "What decides which epoch is best: top1, top5, loss, mAP, macro-f1, micro-f1 or balanced-accuracy. Default: top1; mAP where an image may have several labels."
    );
    private readonly Option<int?> earlyStop = new("--early-stop")
    {
        Description =
            "Ends the run after so many epochs in a row that are not the best by --eval-metric, with the weights of the best.",
        HelpName = "epochs",
    };
    private readonly Option<double> smoothing = CommonOptions.Make(
        "--smoothing",
        "The share of the target given to all classes alike.",
        Defaults.LabelSmoothing,
        "share"
    );
    private readonly Option<double> firstSize = CommonOptions.Make(
        "--first-size",
        "Progressive resizing: the side of the first images as a share of the full one; full in the last quarter of the epochs.",
        Defaults.FirstSize,
        "share"
    );
    private readonly Option<int> workers = CommonOptions.Make(
        "--workers",
        "Threads that make batches ahead; 0 for one a processor.",
        Defaults.Workers,
        "number"
    );
    private readonly LossOptions losses = new();
    private readonly FineTuningOptions fineTuning = new();
    private readonly Option<long> seed = CommonOptions.Seed(Defaults.Seed);

    /// <summary>The seed that was asked for; null where the command line is silent.</summary>
    public long? Seed(ParseResult parsed) => parsed.IsGiven(seed) ? parsed.GetValue(seed) : null;

    /// <param name="notebook">Where it is said that an option has another name.</param>
    public RecipeOptions(INotebook notebook)
    {
        schedule = new ScheduleOptions(notebook);
        recipe.AcceptOnlyFromAmong([.. Recipe.All.Select(each => each.Name)]);
        OptionGroups.Put(
            "Training",
            recipe,
            epochs,
            batch,
            gradAccumSteps,
            computeType,
            gradCheckpointing,
            syncBn,
            metric,
            earlyStop,
            firstSize,
            workers,
            seed
        );
        OptionGroups.Put("Optimiser", optimizer.All);
        OptionGroups.Put("Schedule", schedule.All);
        OptionGroups.Put("Loss", [loss, .. losses.All, smoothing]);
        OptionGroups.Put("Small data", fineTuning.All);
    }

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        [
            recipe,
            epochs,
            batch,
            gradAccumSteps,
            .. optimizer.All,
            .. schedule.All,
            computeType,
            gradCheckpointing,
            syncBn,
            loss,
            .. losses.All,
            smoothing,
            metric,
            earlyStop,
            .. fineTuning.All,
            firstSize,
            workers,
            seed,
        ];

    /// <summary>Those that a training of some steps has a use for: no epochs, no schedule and no evaluation.</summary>
    public IReadOnlyList<Option> OfSteps =>
        [
            .. All.Except([
                epochs,
                optimizer.Rate,
                .. optimizer.OfAverage,
                .. schedule.All,
                syncBn,
                metric,
                earlyStop,
                firstSize,
            ]),
        ];

    /// <summary>Takes options by the names that they had.</summary>
    public void AddOldNames(Command command, INotebook notebook)
    {
        command.OldName(notebook, "--accumulation", gradAccumSteps);
        command.OldName(notebook, "--label-smoothing", smoothing);
    }

    /// <summary>The recipe that was named, with a learning rate for the batches that were asked for; null where none was.</summary>
    /// <exception cref="CommandException">Its learning rate is for another optimiser than the one asked for.</exception>
    public Recipe? Named(ParseResult parsed)
    {
        if (parsed.GetValue(recipe) is not { } name)
        {
            return null;
        }

        var named = Recipe.Named(name);
        if (
            KindOption.Read(parsed, optimizer.Kind, named.Options.Optimizer) is var kind
            && kind != named.Options.Optimizer
            && parsed.CommandResult.Command.Options.Contains(optimizer.Rate)
            && !parsed.IsGiven(optimizer.Rate)
        )
        {
            throw new CommandException(
                $"--opt {KindOption.Word(kind)} needs another learning rate than recipe {name}, which is for {KindOption.Word(named.Options.Optimizer)}: "
                    + "say one with --lr, such as 0.001 for adamw."
            );
        }

        return named.WithBatches(
            parsed.IsGiven(batch) ? parsed.GetValue(batch) : null,
            parsed.IsGiven(gradAccumSteps) ? parsed.GetValue(gradAccumSteps) : null
        );
    }

    /// <summary>Smaller batches where nobody asked for a size and most images would not fill one, with a recipe's learning rate for them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What was read of it.</param>
    /// <param name="plan">The images and their batches.</param>
    /// <param name="remark">Told what was decided, if anything had to be.</param>
    public (TrainingOptions Options, StepPlan Plan) FitBatches(
        ParseResult parsed,
        TrainingOptions options,
        StepPlan plan,
        Action<string> remark
    )
    {
        var fitted = parsed.IsGiven(batch) ? plan : plan.Fitted();
        if (fitted == plan)
        {
            return (options, plan);
        }

        remark(
            $"Batches are of {fitted.BatchSize} images instead of {plan.BatchSize}: there are {plan.Images:N0} to train on."
        );
        var rate =
            parsed.GetValue(recipe) is { } name && !parsed.IsGiven(optimizer.Rate)
                ? Recipe.Named(name).WithBatches(fitted.BatchSize, options.GradAccumSteps).Options.LearningRate
                : options.LearningRate;
        return (options with { BatchSize = fitted.BatchSize, LearningRate = rate }, fitted);
    }

    /// <summary>What was asked for, checked.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    /// <param name="isMultiLabel">Whether an image may have several labels.</param>
    /// <param name="remark">Told what was decided for them, if anything had to be.</param>
    public TrainingOptions Read(
        ParseResult parsed,
        TrainingOptions others,
        bool isMultiLabel,
        Action<string>? remark = null
    )
    {
        var kind = KindOption.Read(parsed, loss, others.Loss);
        if (isMultiLabel && kind == LossKind.CrossEntropy && !parsed.IsGiven(loss))
        {
            kind = LossKind.Asymmetric;
            remark?.Invoke("Images may have several labels: the loss is the asymmetric one; --loss bce takes another.");
        }

        losses.RequireForm(parsed, kind, smoothing, isMultiLabel);
        others = fineTuning.Read(parsed, losses.Read(parsed, others with { Loss = kind }));
        return (
            schedule.Read(
                parsed,
                optimizer.Read(parsed, others with { Epochs = parsed.ValueOr(epochs, others.Epochs) })
            ) with
            {
                BatchSize = parsed.ValueOr(batch, others.BatchSize),
                GradAccumSteps = parsed.ValueOr(gradAccumSteps, others.GradAccumSteps),
                ComputeType = KindOption.Read(parsed, computeType, others.ComputeType),
                EvalMetric = EvalMetricOption.Read(parsed, metric) ?? others.EvalMetric,
                GradCheckpointing = parsed.GetValue(gradCheckpointing) || others.GradCheckpointing,
                SyncBn = parsed.GetValue(syncBn) || others.SyncBn,
                EarlyStopPatience = parsed.GetValue(earlyStop) ?? others.EarlyStopPatience,
                LabelSmoothing = parsed.ValueOr(smoothing, others.LabelSmoothing),
                FirstSize = parsed.ValueOr(firstSize, others.FirstSize),
                Workers = parsed.ValueOr(workers, others.Workers),
                Seed = parsed.ValueOr(seed, others.Seed),
            }
        ).Validate();
    }
}
