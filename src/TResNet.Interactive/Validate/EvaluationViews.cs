using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Validate;

/// <summary>What an evaluation found, as tables and charts.</summary>
internal static class EvaluationViews
{
    public static View Of(EvaluationResult evaluation) =>
        new()
        {
            Title = evaluation.Data,
            Subtitle =
                $"{Shares(evaluation)} of {evaluation.Predictions.Count:N0} images, loss {NumberFormat.Format(evaluation.Loss, ".3f")}",
            Parts = evaluation.AveragePrecisions is { } precisions
                ? [AveragePrecisions(precisions)]
                : [ConfusionChart.Draw(evaluation), Classes(evaluation)],
        };

    /// <summary>The numbers that sum up: top-5 where there are more classes than that, mAP where an image may have several.</summary>
    private static string Shares(EvaluationResult evaluation)
    {
        string?[] words =
        [
            evaluation.MeanAveragePrecision is { } mean ? $"mAP {DisplayText.Percent(mean)}" : null,
            $"top-1 {DisplayText.Percent(evaluation.Top1)}",
            evaluation.Classes.Count > 5 ? $"top-5 {DisplayText.Percent(evaluation.Top5)}" : null,
        ];
        return string.Join(", ", words.OfType<string>());
    }

    private static Table AveragePrecisions(IReadOnlyList<ClassPrecision> precisions) =>
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
                                : ModelViews.Number(each.AveragePrecision, DisplayText.Percent(each.AveragePrecision)),
                        ]
                ),
            ],
            Sortable = precisions.Count > 1,
        };

    /// <summary>For each class how many images there are, how many were classified rightly, and what the others were taken for most often.</summary>
    private static Table Classes(EvaluationResult evaluation)
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
                                : ModelViews.Number(accuracies[label], DisplayText.Percent(accuracies[label])),
                            Mistake(label),
                        ];
                }),
            ],
            Sortable = evaluation.Classes.Count > 1,
        };
    }
}
