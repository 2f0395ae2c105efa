using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Validate;

/// <summary>What an evaluation found, as tables and charts.</summary>
internal static class EvaluationViews
{
    /// <summary>How many labels of an image count where the likeliest alone do.</summary>
    public const int Likeliest = 3;

    /// <summary>What an evaluation found.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="metric">What sums it up, first of all; null for the usual.</param>
    public static View Of(EvaluationResult evaluation, EvalMetric? metric = null) =>
        new()
        {
            Title = evaluation.Data,
            Subtitle = string.Join(
                ", ",
                [
                    .. First(evaluation, metric),
                    evaluation.MultiLabel ? OfLabels(evaluation) : OfClasses(evaluation),
                    $"loss {DisplayText.Loss(evaluation.Loss)}",
                ]
            ),
            Parts = evaluation.MultiLabel
                ?
                [
                    LabelTable(evaluation),
                    AveragePrecisions(evaluation.AveragePrecisions ?? []),
                    .. evaluation.UnknownLabels > 0 ? (object[])[Unknown(evaluation)] : [],
                ]
                :
                [
                    Accuracies(evaluation),
                    Means(evaluation.Report()),
                    ConfusionChart.Draw(evaluation),
                    .. evaluation.Predictions.Count > 0 ? (object[])[ReliabilityChart.Draw(evaluation)] : [],
                    Classes(evaluation),
                ],
        };

    // What stands in the line in any case is not said twice.
    private static string[] First(EvaluationResult evaluation, EvalMetric? metric)
    {
        if (
            metric is not { } one
            || one == EvalMetric.Loss
            || one == EvalMetrics.Default(evaluation.MultiLabel)
            || (one == EvalMetric.Top5 && !evaluation.MultiLabel)
        )
        {
            return [];
        }

        return [$"{MetricText.Name(one)} {MetricText.Value(one, one.Of(evaluation))}"];
    }

    /// <summary>Top-1, and top-5 where there are more classes than that.</summary>
    private static string OfClasses(EvaluationResult evaluation)
    {
        var five = evaluation.Classes.Count > 5 ? $", top-5 {DisplayText.Percent(evaluation.Top5)}" : "";
        return $"top-1 {DisplayText.Percent(evaluation.Top1)}{five} of {evaluation.Predictions.Count:N0} images";
    }

    private static string OfLabels(EvaluationResult evaluation)
    {
        var occurring = evaluation.AveragePrecisions?.Count(each => each.Images > 0) ?? 0;
        var labels =
            occurring == evaluation.Classes.Count
                ? $"{occurring:N0} labels"
                : $"the {occurring:N0} of {evaluation.Classes.Count:N0} labels that occur";
        var mean = MetricText.Value(EvalMetric.MeanAveragePrecision, evaluation.MeanAveragePrecision ?? double.NaN);
        return $"mAP {mean} over {labels} in {evaluation.Images:N0} images";
    }

    private static string Unknown(EvaluationResult evaluation) =>
        $"{evaluation.UnknownLabels:N0} of the {(long)evaluation.Images * evaluation.Classes.Count:N0} pairs of an image and a label are not known: no number here counts them.";

    private static Table Accuracies(EvaluationResult evaluation)
    {
        var report = evaluation.Report();
        var count = evaluation.Predictions.Count;
        return new Table
        {
            Columns = [new("measure"), new("value", true), new("95 % interval", true)],
            Rows =
            [
                Share("top-1", evaluation.Top1),
                .. evaluation.Classes.Count > 5 ? (Cell[][])[Share("top-5", evaluation.Top5)] : [],
                ["balanced accuracy", DisplayText.Percent(report.BalancedAccuracy), ""],
                ["log-loss", NumberFormat.Format(evaluation.Loss, ".4f"), ""],
                [
                    "expected calibration error",
                    MetricText.Value(EvalMetric.Top1, evaluation.CalibrationError ?? double.NaN),
                    "",
                ],
            ],
            Note = "The intervals are Wilson's, for images drawn as these were.",
        };

        Cell[] Share(string name, double share)
        {
            if (count == 0)
            {
                return [name, Cell.Unknown, ""];
            }

            var interval = WilsonInterval.Of(share, count);
            return
            [
                name,
                DisplayText.Percent(share),
                $"{DisplayText.Percent(interval.Low)} to {DisplayText.Percent(interval.High)}",
            ];
        }
    }

    private static Table Means(ClassificationReport report) =>
        new()
        {
            Columns = [new("mean over classes"), new("precision", true), new("recall", true), new("F1", true)],
            Rows = [Mean("macro", report.Macro), Mean("micro", report.Micro), Mean("weighted", report.Weighted)],
        };

    private static Cell[] Mean(string name, (double Precision, double Recall, double F1) mean) =>
        [name, DisplayText.Percent(mean.Precision), DisplayText.Percent(mean.Recall), DisplayText.Percent(mean.F1)];

    private static Table LabelTable(EvaluationResult evaluation)
    {
        return new Table
        {
            Columns =
            [
                new("labels given"),
                .. new[] { "CP", "CR", "CF1", "OP", "OR", "OF1" }.Select(name => new Column(name, true)),
            ],
            Rows =
            [
                Row($"above {DisplayText.Percent(Predictor.DefaultThreshold)}", evaluation.Report()),
                Row($"of these the {Likeliest} likeliest", evaluation.Report(most: Likeliest)),
                .. evaluation.Thresholds is null
                    ? (Cell[][])[]
                    : [Row("above each label's own threshold", evaluation.TunedReport())],
            ],
            Note = "C: the mean over labels that occur; O: all answers together. P is precision, R recall.",
        };

        static Cell[] Row(string name, ClassificationReport report) =>
            [.. Mean(name, report.PerClass), .. Mean("", report.Micro).Skip(1)];
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
