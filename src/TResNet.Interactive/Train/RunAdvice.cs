using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>What to do after a run that learned nothing.</summary>
internal static class RunAdvice
{
    // Images that are trained on and cost several times what an answer costs that knows nothing are not being learned.
    private const double MostTrainLoss = 3;

    // The running statistics of a network in its first steps alone can cost much more, on images that it is evaluated on.
    private const double MostValidationLoss = 1000;

    /// <summary>What is to be said of a run beside its numbers, a sentence each.</summary>
    /// <param name="run">The run.</param>
    /// <param name="validation">The images that it was evaluated on.</param>
    public static IReadOnlyList<string> Of(TrainingRun run, ImageDataset validation) =>
        !run.Interrupted && OfDivergence(run) is null && OfChance(run, validation) is { } chance ? [chance] : [];

    /// <summary>That the losses grew instead of falling, and what to do; null where they did not.</summary>
    /// <param name="run">The run.</param>
    public static string? OfDivergence(TrainingRun run)
    {
        if (run.Epochs is not [.., var last] || Uninformed(run) is not { } uninformed)
        {
            return null;
        }

        // Validation has no weights, no teacher and its own loss: cross entropy, or of several labels the binary one.
        var guess = run.MultiLabel ? Math.Log(2) : Math.Log(Math.Max(2, run.Classes.Count));
        var isTraining = last.TrainLoss > MostTrainLoss * uninformed;
        var isValidation = last.ValidationLoss > MostValidationLoss * guess;
        if (!isTraining && !isValidation)
        {
            return null;
        }

        var (part, loss) = isTraining ? ("training", last.TrainLoss) : ("validation", last.ValidationLoss);
        var other = isTraining ? uninformed : guess;
        return $"The training diverged: the {part} loss is {NumberText(loss)} in the last epoch, where an answer that tells no image from another costs {NumberText(other)}. "
            + $"Take a smaller --lr, such as {DisplayText.LearningRate(run.Options.LearningRate / 10)}; lr-find looks for one.";
    }

    // Runs of earlier versions noted none; of cross entropy it is known.
    private static double? Uninformed(TrainingRun run) =>
        run.UninformedLoss
        ?? (
            run.MultiLabel || run.Options.Loss != LossKind.CrossEntropy
                ? null
                : Math.Log(Math.Max(2, run.Classes.Count)) * Math.Max(1, run.Options.ClassWeights?.Max() ?? 1)
        );

    /// <summary>That the best epoch is no better than naming the largest class, and what to do; null where it is.</summary>
    private static string? OfChance(TrainingRun run, ImageDataset validation)
    {
        if (validation.IsMultiLabel || validation.Count == 0 || run.Epochs.Count == 0 || validation.Classes.Count < 2)
        {
            return null;
        }

        var best = run.Epochs.Max(epoch => epoch.Top1);
        var most = Enumerable
            .Range(0, validation.Count)
            .CountBy(index => validation.LabelsOf(index)[0])
            .MaxBy(each => each.Value);
        var chance = most.Value / (double)validation.Count;
        if (WilsonInterval.Of(best, validation.Count).Low > chance)
        {
            return null;
        }

        // Not even all of them right would tell.
        if (WilsonInterval.Of(1, validation.Count).Low <= chance)
        {
            return $"{validation.Count:N0} images to validate on are too few to tell a network from always naming {validation.Classes[most.Key]} ({DisplayText.Percent(chance)}): "
                + "keep more of them from the training (--val-data FOLDER, or a folder val beside train).";
        }

        return $"A best top-1 of {DisplayText.Percent(best)} on {validation.Count:N0} images cannot be told from always naming {validation.Classes[most.Key]} ({DisplayText.Percent(chance)}): "
            + "train longer (--epochs), begin with --weights, or take what the suggest command says.";
    }

    private static string NumberText(double value) =>
        Charts.NumberFormat.Format(
            value,
            value < 1000 ? ".2f"
                : value < 1e6 ? ".3g"
                : ".2e"
        );
}
