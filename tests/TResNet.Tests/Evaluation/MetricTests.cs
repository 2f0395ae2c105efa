using TResNet.Evaluation;
using TResNet.Training.Runs;

namespace TResNet.Tests.Evaluation;

/// <summary>Metrics, against their formulas by hand and the definitions of scikit-learn.</summary>
public sealed class MetricTests
{
    private const double Exact = 1e-9;

    [Fact]
    public void Classes_are_averaged_as_classification_report_does_it()
    {
        // Truth a a a b b c; said a a b b c c; nobody has or is given d.
        var report = Answers([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]).Report();

        // a: P 1, R 2/3, F1 4/5; b: 1/2, 1/2, 1/2; c: 1/2, 1, 2/3.
        Same(new((1 + 0.5 + 0.5) / 3, (2 / 3.0 + 0.5 + 1) / 3, (0.8 + 0.5 + 2 / 3.0) / 3), report.Macro);
        Same(
            new((3 + 2 * 0.5 + 0.5) / 6, (3 * (2 / 3.0) + 2 * 0.5 + 1) / 6, (3 * 0.8 + 2 * 0.5 + 2 / 3.0) / 6),
            report.Weighted
        );
        Same(new(4 / 6.0, 4 / 6.0, 4 / 6.0), report.Micro);
        Assert.Equal((2 / 3.0 + 0.5 + 1) / 3, report.BalancedAccuracy, Exact);
    }

    [Fact]
    public void A_class_that_is_said_and_never_there_counts_in_the_mean_of_F1_and_not_in_balanced_accuracy()
    {
        var report = Answers([0, 0], [0, 3]).Report();

        Assert.Equal((2 / 3.0 + 0) / 2, report.Macro.F1, Exact);
        Assert.Equal(0.5, report.BalancedAccuracy, Exact);
    }

    [Fact]
    public void Labels_are_averaged_by_class_and_over_all_and_among_the_three_likeliest()
    {
        var evaluation = Labels();

        // Above 1/2: image 0 a b c d, image 1 b, image 2 a d. a: 1 of 2 right, 1 of 2 found; b and d all; c is never there.
        var all = evaluation.Report();
        Same(new(2.5 / 3, 2.5 / 3, 2.5 / 3), all.PerClass);
        Same(new(5 / 7.0, 5 / 6.0, 10 / 13.0), all.Micro);
        Assert.Equal((0.5 + 1 + 0 + 1) / 4, all.Macro.F1, Exact);

        // Image 0 loses d, the least likely of its four.
        var three = evaluation.Report(most: 3);
        var (precision, recall) = (2.5 / 3, (0.5 + 1 + 0.5) / 3);
        Same(new(precision, recall, 2 * precision * recall / (precision + recall)), three.PerClass);
        Same(new(4 / 6.0, 4 / 6.0, 4 / 6.0), three.Micro);

        Assert.Equal([0.5 + 0.5 * 2 / 3, 1, 1], Occurring(evaluation), (x, y) => Math.Abs(x - y) < Exact);
        Assert.Equal((5 / 6.0 + 1 + 1) / 3, evaluation.MeanAveragePrecision!.Value, Exact);
    }

    [Theory]
    [InlineData(0.8, 2000, 0.7819018, 0.8169480)]
    [InlineData(0.5, 10, 0.2365931, 0.7634069)]
    [InlineData(1.0, 20, 0.8388748, 1.0)]
    [InlineData(0.0, 20, 0.0, 0.1611252)]
    public void The_interval_of_a_share_is_Wilsons(double share, int count, double low, double high)
    {
        var interval = WilsonInterval.Of(share, count);

        Assert.Equal((low, high), (Math.Round(interval.Low, 7), Math.Round(interval.High, 7)));
    }

    [Fact]
    public void The_calibration_error_weighs_fifteen_bins_by_their_answers()
    {
        // (1/5, 4/15]: 0.25 right; (8/15, 3/5]: 0.6 right and 0.55 wrong; (14/15, 1]: 1 right.
        (double Confidence, bool Right)[] answers = [(0.6, true), (0.55, false), (0.25, true), (1, true)];
        var evaluation = Answers([0, 0, 0, 0], [0, 0, 0, 0]) with
        {
            Predictions =
            [
                .. answers.Select(
                    (each, i) => new Prediction(i, 0, each.Right ? 0 : 1, each.Confidence, each.Right ? 1 : 2)
                ),
            ],
        };

        Assert.Equal((Math.Abs(0.6 + 0.55 - 1) + (1 - 0.25) + 0) / 4, evaluation.CalibrationError!.Value, Exact);
    }

    [Theory]
    [InlineData("top1", 4 / 6.0)]
    [InlineData("micro-f1", 4 / 6.0)]
    [InlineData("balanced-accuracy", (2 / 3.0 + 0.5 + 1) / 3)]
    [InlineData("macro-f1", (0.8 + 0.5 + 2 / 3.0) / 3)]
    [InlineData("loss", 0.25)]
    public void Each_metric_is_found_by_its_word(string word, double value)
    {
        var metric = Enum.GetValues<EvalMetric>().Single(each => each.Word() == word);

        Assert.Equal(value, metric.Of(Answers([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2])), Exact);
    }

    [Theory]
    [InlineData(EvalMetric.Top1, 2)]
    [InlineData(EvalMetric.MeanAveragePrecision, 2)]
    [InlineData(EvalMetric.Loss, 3)]
    public void The_best_epoch_is_that_of_the_metric_and_of_equals_that_of_the_lower_loss(EvalMetric metric, int best)
    {
        (double Score, double Loss)[] epochs = [(0.7, 0.9), (0.8, 0.6), (0.6, 0.1), (0.8, 0.6), (double.NaN, 0.5)];
        var results = epochs.Select(
            (each, i) =>
                new EpochResult(i + 1, i, 1, each.Loss, each.Score, 1, TimeSpan.Zero)
                {
                    EvalMetric = metric,
                    Score =
                        metric == EvalMetric.Loss ? each.Loss
                        : double.IsNaN(each.Score) ? null
                        : each.Score,
                }
        );

        Assert.Equal(best, EpochResult.BestOf(results)!.Epoch);
        Assert.Null(EpochResult.BestOf([]));
    }

    private static void Same(
        (double Precision, double Recall, double F1) expected,
        (double Precision, double Recall, double F1) actual
    )
    {
        Assert.Equal(expected.Precision, actual.Precision, Exact);
        Assert.Equal(expected.Recall, actual.Recall, Exact);
        Assert.Equal(expected.F1, actual.F1, Exact);
    }

    private static IEnumerable<double> Occurring(EvaluationResult evaluation) =>
        evaluation.AveragePrecisions!.Where(each => each.Images > 0).Select(each => each.AveragePrecision);

    private static EvaluationResult Answers(int[] truth, int[] said) =>
        new()
        {
            Data = "four",
            Classes = ["a", "b", "c", "d"],
            Loss = 0.25,
            Images = truth.Length,
            Predictions =
            [
                .. truth.Select((label, i) => new Prediction(i, label, said[i], 0.9, label == said[i] ? 1 : 2)),
            ],
        };

    private static EvaluationResult Labels()
    {
        var probabilities = new ImageProbabilities(
            [0, 1, 2],
            [0.9f, 0.8f, 0.7f, 0.6f, 0.2f, 0.6f, 0.4f, 0.1f, 0.55f, 0.3f, 0.2f, 0.9f],
            [true, true, false, true, true, true, false, false, false, false, false, true]
        );
        string[] classes = ["a", "b", "c", "d"];
        return new()
        {
            Data = "four",
            Classes = classes,
            Loss = 0.25,
            Images = 3,
            MultiLabel = true,
            Predictions = [],
            Probabilities = probabilities,
            AveragePrecisions = [.. classes.Select(probabilities.PrecisionOf)],
        };
    }
}
