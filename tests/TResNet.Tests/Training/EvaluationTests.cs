using TResNet.Training;

namespace TResNet.Tests.Training;

public sealed class EvaluationTests
{
    private static readonly Evaluation Pets = new()
    {
        Data = "pets",
        Classes = ["cat", "dog", "newt"],
        Loss = 0.5,
        Predictions =
        [
            new(0, Label: 0, Predicted: 0, Confidence: 0.9),
            new(1, Label: 0, Predicted: 1, Confidence: 0.6),
            new(2, Label: 1, Predicted: 1, Confidence: 0.5),
            new(3, Label: 1, Predicted: 0, Confidence: 0.8),
            new(4, Label: 1, Predicted: 0, Confidence: 0.6),
        ],
    };

    [Fact]
    public void Top1_is_the_share_of_right_answers() => Assert.Equal(0.4, Pets.Top1);

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
