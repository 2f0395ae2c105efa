using TResNet.Compute;
using TResNet.Evaluation;
using TResNet.Training;

namespace TResNet.Tests.Training;

public sealed class EvaluationTests
{
    private static readonly EvaluationResult Pets = new()
    {
        Data = "pets",
        Classes = ["cat", "dog", "newt"],
        Loss = 0.5,
        Predictions =
        [
            new(0, Label: 0, Predicted: 0, Confidence: 0.9, Rank: 1),
            new(1, Label: 0, Predicted: 1, Confidence: 0.6, Rank: 2),
            new(2, Label: 1, Predicted: 1, Confidence: 0.5, Rank: 1),
            new(3, Label: 1, Predicted: 0, Confidence: 0.8, Rank: 3),
            new(4, Label: 1, Predicted: 0, Confidence: 0.6, Rank: 2),
        ],
    };

    [Fact]
    public void Top1_is_the_share_of_right_answers() => Assert.Equal(0.4, Pets.Top1);

    [Fact]
    public void TopK_also_counts_answers_that_were_nearly_right() =>
        Assert.Equal([0.4, 0.8, 1, 1], [Pets.TopK(1), Pets.TopK(2), Pets.TopK(3), Pets.Top5]);

    // By hand; the first is the example in scikit-learn's documentation of average_precision_score.
    [Theory]
    [InlineData(new[] { 0.1f, 0.4f, 0.35f, 0.8f }, new[] { false, false, true, true }, (1 + 2 / 3.0) / 2)]
    [InlineData(new[] { 0.9f, 0.8f, 0.7f }, new[] { true, true, false }, 1.0)]
    [InlineData(new[] { 0.9f, 0.8f, 0.7f }, new[] { false, false, true }, 1 / 3.0)]
    // Two that are equally sure share a threshold: one of both is right, then two of three.
    [InlineData(new[] { 0.5f, 0.5f, 0.1f }, new[] { true, false, true }, (1 / 2.0 + 2 / 3.0) / 2)]
    [InlineData(new[] { 0.5f, 0.5f, 0.1f }, new[] { false, true, true }, (1 / 2.0 + 2 / 3.0) / 2)]
    [InlineData(new[] { 0.5f, 0.2f }, new[] { false, false }, double.NaN)]
    public void Average_precision_is_the_area_under_precision_over_recall(float[] scores, bool[] right, double area)
    {
        var computeType = ClassPrecision.Of("cat", scores, right);

        Assert.Equal((right.Count(r => r), "cat"), (computeType.Images, computeType.Class));
        Assert.Equal(area, computeType.AveragePrecision, 1e-12);
    }

    [Fact]
    public void The_mean_leaves_out_classes_that_no_image_has()
    {
        Assert.Null(Pets.MeanAveragePrecision);
        Assert.Equal(
            0.75,
            (
                Pets with
                {
                    AveragePrecisions = [new("cat", 2, 1), new("dog", 3, 0.5), new("newt", 0, double.NaN)],
                }
            ).MeanAveragePrecision
        );
    }

    [Fact]
    public void Each_class_has_its_own_accuracy()
    {
        Assert.Equal([0.5, 1 / 3.0, double.NaN], Pets.ClassAccuracies());
    }

    [Fact]
    public void The_confusion_matrix_has_the_right_class_in_its_rows() =>
        Assert.Equal(
            new[,]
            {
                { 1, 1, 0 },
                { 2, 1, 0 },
                { 0, 0, 0 },
            },
            Pets.ConfusionMatrix()
        );

    [Fact]
    public void The_surest_wrong_answers_come_first() =>
        Assert.Equal([3, 1], Pets.MostConfidentErrors(2).Select(prediction => prediction.Index));
}
