using TResNet.Interactive.Charts;
using TResNet.Training;

namespace TResNet.Interactive.Formatting;

/// <summary>A run and an evaluation as tables and charts.</summary>
internal static class TrainingViews
{
    public static View Of(TrainingRun run) => new() { Parts = [Plots.Training(run), .. Tables(run)] };

    /// <summary>What stands below the chart: the epochs, and what was done.</summary>
    public static IReadOnlyList<object> Tables(TrainingRun run)
    {
        var parts = new List<object>();
        if (run.Interrupted)
        {
            parts.Add(
                $"Interrupted after {run.Steps.Count:N0} steps: the network holds the weights of the last one and can be used, saved or trained on."
            );
        }

        parts.AddRange(run.Warnings);
        if (run.Epochs.Count > 0)
        {
            parts.Add(Epochs(run));
        }

        if (run.Folder is { } folder)
        {
            parts.Add(
                run.Interrupted
                    ? $"Kept in {folder.Path}: go on with --run {folder.Path} --resume."
                    : $"Kept in {folder.Path}: best.safetensors has the weights of the best epoch, last.safetensors those of the last."
            );
        }

        return parts;
    }

    public static Table Epochs(TrainingRun run) =>
        new()
        {
            Columns =
            [
                new("epoch", true),
                new("training loss", true),
                new("held-out loss", true),
                new("top-1", true),
                new("images/s", true),
                new("time", true),
            ],
            Rows =
            [
                .. run.Epochs.Select(epoch =>
                    (Cell[])
                        [
                            $"{epoch.Epoch}",
                            NumberFormat.Format(epoch.TrainLoss, ".3f"),
                            NumberFormat.Format(epoch.HeldOutLoss, ".3f"),
                            Words.Percent(epoch.Top1),
                            Words.Rate(epoch.ImagesPerSecond),
                            Words.Clock(epoch.Duration),
                        ]
                ),
            ],
            Footer =
            [
                "all",
                "",
                "",
                Words.Percent(run.Top1 ?? 0),
                Words.Rate(run.ImagesPerSecond),
                Words.Clock(run.Duration),
            ],
            Note = Options(run),
        };

    public static View Of(Evaluation evaluation) =>
        new()
        {
            Title = evaluation.Data,
            Subtitle =
                $"{Shares(evaluation)} of {evaluation.Predictions.Count:N0} images, loss {NumberFormat.Format(evaluation.Loss, ".3f")}",
            Parts = evaluation.Precisions is { } precisions
                ? [Precisions(precisions)]
                : [Plots.Confusion(evaluation), Classes(evaluation)],
        };

    /// <summary>The numbers that sum up: top-5 where there are more classes than that, mAP where an image may have several.</summary>
    private static string Shares(Evaluation evaluation)
    {
        string?[] words =
        [
            evaluation.MeanAveragePrecision is { } mean ? $"mAP {Words.Percent(mean)}" : null,
            $"top-1 {Words.Percent(evaluation.Top1)}",
            evaluation.Classes.Count > 5 ? $"top-5 {Words.Percent(evaluation.Top5)}" : null,
        ];
        return string.Join(", ", words.OfType<string>());
    }

    private static Table Precisions(IReadOnlyList<ClassPrecision> precisions) =>
        new()
        {
            Columns = [new("class"), new("images", true), new("average precision", true)],
            Rows =
            [
                .. precisions.Select(each =>
                    (Cell[])
                        [
                            each.Class,
                            ModelViews.Number(each.Images, $"{each.Images:N0}"),
                            each.Images == 0
                                ? Cell.Unknown
                                : ModelViews.Number(each.AveragePrecision, Words.Percent(each.AveragePrecision)),
                        ]
                ),
            ],
            Sortable = precisions.Count > 1,
        };

    /// <summary>For each class how many images there are, how many were classified rightly, and what the others were taken for most often.</summary>
    private static Table Classes(Evaluation evaluation)
    {
        var (matrix, accuracies) = (evaluation.ConfusionMatrix(), evaluation.ClassAccuracies());
        int[] all = [.. Enumerable.Range(0, evaluation.Classes.Count)];
        Cell Mistake(int label)
        {
            var most = all.Where(other => other != label).DefaultIfEmpty(label).MaxBy(other => matrix[label, other]);
            return most == label || matrix[label, most] == 0
                ? ""
                : $"{evaluation.Classes[most]} ({matrix[label, most]:N0})";
        }

        return new Table
        {
            Columns = [new("class"), new("images", true), new("right", true), new("most often mistaken for")],
            Rows =
            [
                .. all.Select(label =>
                {
                    var images = all.Sum(other => matrix[label, other]);
                    return (Cell[])
                        [
                            evaluation.Classes[label],
                            ModelViews.Number(images, $"{images:N0}"),
                            images == 0
                                ? Cell.Unknown
                                : ModelViews.Number(accuracies[label], Words.Percent(accuracies[label])),
                            Mistake(label),
                        ];
                }),
            ],
            Sortable = evaluation.Classes.Count > 1,
        };
    }

    private static string Options(TrainingRun run)
    {
        var options = run.Options;
        var step =
            options.Accumulation == 1
                ? $"batches of {options.BatchSize}"
                : $"steps of {options.Accumulation} batches of {options.BatchSize}";
        string?[] words =
        [
            step,
            $"{options.Optimizer} under {Words.Of(options.Schedule)}",
            $"learning rate {N(options.LearningRate)}",
            options.Optimizer == OptimizerKind.AdamW ? null : $"momentum {N(options.Momentum)}",
            $"weight decay {N(options.WeightDecay)}",
            options.ClipNorm > 0 ? $"gradients up to norm {N(options.ClipNorm)}" : null,
            options.EmaDecay > 0 ? $"weights averaged with {N(options.EmaDecay)}" : null,
            options.Loss == LossKind.CrossEntropy ? null : Words.Of(options.Loss),
            options.Loss == LossKind.Asymmetric ? null : $"label smoothing {N(options.LabelSmoothing)}",
            $"seed {options.Seed}",
        ];
        return $"{run.Model}, {run.TrainData}: {string.Join(", ", words.OfType<string>())}";
    }

    private static string N(double value) =>
        value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
