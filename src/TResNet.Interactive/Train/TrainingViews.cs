using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>A run and an evaluation as tables and charts.</summary>
internal static class TrainingViews
{
    /// <summary>The share of the time above which waiting for images is worth a word.</summary>
    public const double WaitWorthSaying = 0.1;

    /// <summary>A run as it ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isSaved">Whether somebody keeps the weights, where no folder does.</param>
    /// <param name="advice">What to do next, a sentence each.</param>
    public static TrainingCard Of(TrainingRun run, bool isSaved = true, params IReadOnlyList<string> advice)
    {
        var wait = EpochTable.WaitOf(run.Epochs);
        var parts = new List<object>();
        if (run.Epochs.Count > 0)
        {
            parts.Add(EpochTable.Of(run, Options(run)));
        }

        var divergence = RunAdvice.OfDivergence(run);
        parts.AddRange(divergence is null ? advice : advice.Prepend(divergence));
        if (run.Interrupted)
        {
            parts.Add(
                $"Interrupted after {run.Steps.Count:N0} steps: the network holds the weights of the last one and can be used, saved or trained on."
            );
        }

        if (run.StoppedEarly && run.Best is { } kept)
        {
            var since = run.Epochs[^1].Epoch - kept.Epoch;
            parts.Add(
                $"Stopped early: {MetricText.Name(kept.EvalMetric)} has not improved for {(since == 1 ? "an epoch" : $"{since:N0} epochs")}; the network holds the weights of epoch {kept.Epoch}, the best."
            );
        }

        if (run.Epochs.Count > 1)
        {
            parts.Add(TestViews.BestOfSeveral);
        }

        parts.AddRange(run.Warnings);
        if (run.Exchange is { } shares)
        {
            parts.Add(ProcessText.Sentence(shares));
        }

        parts.AddRange(Kept(run, isSaved));
        if (wait > WaitWorthSaying)
        {
            parts.Add(WaitAdvice(wait.Value));
        }

        string?[] said =
        [
            $"{run.Epochs.Count:N0} of {run.Options.TotalEpochs:N0} epochs",
            $"{run.Steps.Count:N0} steps",
            divergence is not null ? "diverged"
            : run.Best is { } best
                ? $"best {MetricText.Name(best.EvalMetric)} {MetricText.Value(best.EvalMetric, best.Value)} in epoch {best.Epoch}{EpochTable.OfAverage(best)}"
            : null,
        ];
        return new TrainingCard
        {
            Title = $"{run.Model} on {run.TrainData}",
            Subtitle = string.Join(" · ", said.OfType<string>()),
            State = run.Interrupted ? RunState.Interrupted : RunState.Finished,
            Done = DoneOf(run),
            Numbers = Numbers(run, wait),
            Curves = TrainingCurve.InCard(TrainingCurve.Of(run)),
            Parts = parts,
        };
    }

    /// <summary>The best value so far of what decides which epoch is best, on a card.</summary>
    public static CardNumber BestNumber(EpochResult? best, TrainingOptions options) =>
        new(
            $"best {MetricText.Name(best?.EvalMetric ?? options.EvalMetric ?? EvalMetric.Top1)}",
            best is null ? "–" : MetricText.Value(best.EvalMetric, best.Value),
            best is null
                ? "Of validation images, after the first epoch"
                : $"Of validation images, after epoch {best.Epoch}{EpochTable.OfAverage(best)}"
        );

    /// <summary>How long training waits for images, on a card.</summary>
    public static CardNumber WaitNumber(double? wait) =>
        new(
            "data wait",
            wait is { } share ? NumberFormat.Format(share, ".0%") : "–",
            "The share of the training time that is spent waiting for images",
            wait > WaitWorthSaying
        );

    /// <summary>What to do where images come too slowly.</summary>
    public static string WaitAdvice(double wait) =>
        $"Training waits for images {NumberFormat.Format(wait, ".0%")} of its time: more --workers help where processors are idle, and a folder packed with the data pack command is read faster.";

    private static CardNumber[] Numbers(TrainingRun run, double? wait)
    {
        var last = run.Epochs.LastOrDefault();
        return
        [
            BestNumber(run.Best, run.Options with { EvalMetric = run.EvalMetric }),
            new("training loss", last is null ? "–" : DisplayText.Loss(last.TrainLoss), "Of the last epoch"),
            new("validation loss", last is null ? "–" : DisplayText.Loss(last.ValidationLoss), "After the last epoch"),
            new("images/s", DisplayText.Rate(run.ImagesPerSecond), "Over the run, without evaluation"),
            new("time", DisplayText.Clock(run.Duration), "Evaluation included"),
            WaitNumber(wait),
        ];
    }

    private static double DoneOf(TrainingRun run)
    {
        if (!run.Interrupted)
        {
            return 1;
        }

        return run.StepsPerEpoch > 0
            ? run.Steps.Count / ((double)run.StepsPerEpoch * run.Options.TotalEpochs)
            : run.Epochs.Count / (double)run.Options.TotalEpochs;
    }

    private static IEnumerable<string> Kept(TrainingRun run, bool isSaved)
    {
        if (run.Folder is { } folder)
        {
            yield return run.Interrupted
                ? $"Kept in {folder.Path}: go on with --run {folder.Path} --resume."
                : $"Kept in {folder.Path}: best.safetensors has the weights of the best epoch, last.safetensors those of the last.";
        }
        else if (run.Interrupted)
        {
            yield return "Nothing is kept on the disk; a run with --run FOLDER can go on with --resume.";
        }
        else if (!isSaved)
        {
            yield return "Nothing is kept on the disk: --output FILE saves the weights, and --run FOLDER keeps the whole run.";
        }
    }

    private static string Options(TrainingRun run)
    {
        var options = run.Options;
        var step =
            options.GradAccumSteps == 1
                ? $"batches of {options.BatchSize}"
                : $"steps of {options.GradAccumSteps} batches of {options.BatchSize}";
        string?[] words =
        [
            step,
            $"{options.Optimizer} under {DisplayText.Of(options.Scheduler)}",
            $"learning rate {N(options.LearningRate)}",
            options.Optimizer.HasMomentum()
                ? $"momentum {RecipeViews.Momentum(options)}"
                : RecipeViews.Momentum(options),
            $"weight decay {N(options.WeightDecay)}",
            options.LayerDecay is { } layers ? $"learning rate times {N(layers)} from layer to layer" : null,
            options.ClipGrad == 0 ? null
            : options.ClipMode == ClipMode.Norm ? $"gradients up to norm {N(options.ClipGrad)}"
            : options.ClipMode == ClipMode.Value ? $"gradients up to {N(options.ClipGrad)}"
            : $"gradients up to {N(options.ClipGrad)} of the weights",
            options.ModelEmaDecay > 0
                ? $"weights averaged with {N(options.ModelEmaDecay)}{(options.ModelEmaWarmup ? ", warmed up" : "")}"
                : null,
            run.Teacher is { } teacher ? DistillationText.Of(options, run.MultiLabel, teacher)
            : options.Loss == LossKind.CrossEntropy ? null
            : DisplayText.Of(options.Loss),
            options.Loss == LossKind.Asymmetric && run.MultiLabel
                ? null
                : $"label smoothing {N(options.LabelSmoothing)}",
            $"seed {options.Seed}",
        ];
        return $"{run.Model}, {run.TrainData}: {string.Join(", ", words.OfType<string>())}";
    }

    private static string N(double value) =>
        value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
