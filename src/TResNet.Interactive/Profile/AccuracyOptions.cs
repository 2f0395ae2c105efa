using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Train;
using TResNet.Training;

namespace TResNet.Interactive.Profile;

/// <summary>How the accuracy of an ablation is measured.</summary>
/// <param name="Data">The images.</param>
/// <param name="Options">How each network is trained.</param>
/// <param name="Seeds">Trainings of each network.</param>
internal sealed record AccuracyPlan(TrainingData Data, TrainingOptions Options, int Seeds)
{
    // Below, all networks end at what chance gives, and differ by nothing else.
    private const int FewestSteps = 100;

    /// <summary>What is to be said of images that make no training to compare networks by; null where they make one.</summary>
    public string? TooFewText()
    {
        var plan = new StepPlan(Data.TrainCount, Options.BatchSize, Options.GradAccumSteps);
        var steps = Options.Epochs * plan.StepsPerEpoch;
        return steps >= FewestSteps
            ? null
            : FormattableString.Invariant(
                $"Each network is trained for {steps:N0} {(steps == 1 ? "step" : "steps")}, which tells little of its accuracy: take --epochs {(FewestSteps + plan.StepsPerEpoch - 1) / plan.StepsPerEpoch}."
            );
    }
}

/// <summary>The options that train the networks of an ablation.</summary>
internal sealed class AccuracyOptions
{
    private const int MostSeeds = 1000;

    private readonly Option<bool> accuracy = new("--accuracy")
    {
        Description =
            "Trains each network too, from several seeds, and shows its top-1 and the difference to the row before, seed by seed. The networks are narrowed to a stem of 16 channels, and see images of 32 pixels where --input-size names no other: by default some minutes on two cores.",
    };
    private readonly Option<int> epochs = CommonOptions.Make(
        "--epochs",
        "With --accuracy: passes over the training images.",
        1,
        "number"
    );
    private readonly Option<int> seeds = CommonOptions.Make(
        "--seeds",
        "With --accuracy: trainings of each network, at least 2; more make the intervals narrower.",
        3,
        "number"
    );
    private readonly Option<string> data = CommonOptions.Make(
        "--data",
        "With --accuracy: the images, as train takes them.",
        TrainingData.Known[0],
        "name or path"
    );

    public AccuracyOptions() => OptionGroups.Put("Accuracy", All);

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [accuracy, epochs, seeds, data];

    /// <summary>What was asked for, with the images opened; null for no training.</summary>
    /// <exception cref="CommandException">An option means nothing without the others, or is out of range.</exception>
    /// <exception cref="TResNetException">There are no such images.</exception>
    public AccuracyPlan? Read(ParseResult parsed)
    {
        if (!parsed.GetValue(accuracy))
        {
            return All.FirstOrDefault(parsed.IsGiven) is { } alone && alone != accuracy
                ? throw new CommandException(
                    $"{alone.Name} means nothing without {accuracy.Name}: add that, or leave it out."
                )
                : null;
        }

        var count = parsed.GetValue(seeds);
        if (count is < 2 or > MostSeeds)
        {
            throw new CommandException(
                $"{seeds.Name} {count} is no number of trainings to compare: take from 2 to {MostSeeds:N0}."
            );
        }

        var images = TrainingData.Load(
            parsed.GetRequiredValue(data),
            validation: null,
            test: null,
            new TResNet.Data.Sources.SourceOptions()
        );
        if (images.IsMultiLabel)
        {
            throw new CommandException(
                $"{data.Name} {parsed.GetRequiredValue(data)}: these images may have several labels, and top-1 is of one: take images with one label each."
            );
        }

        var options = new TrainingOptions
        {
            Epochs = parsed.GetValue(epochs),
            EvalMetric = TResNet.Evaluation.EvalMetric.Top1,
        };
        var batches = new StepPlan(images.TrainCount, options.BatchSize, options.GradAccumSteps).Fitted();
        if (batches.StepsPerEpoch == 0)
        {
            throw new CommandException(
                $"{data.Name} {parsed.GetRequiredValue(data)} has {images.TrainCount} images to train on, and batches of two are the least: take more images."
            );
        }

        return new AccuracyPlan(images, (options with { BatchSize = batches.BatchSize }).Validate(), count);
    }
}
