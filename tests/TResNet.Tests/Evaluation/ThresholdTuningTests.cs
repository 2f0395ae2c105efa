using TResNet.Evaluation;

namespace TResNet.Tests.Evaluation;

/// <summary>The threshold of each class at which its F1 is highest.</summary>
public sealed class ThresholdTuningTests
{
    [Theory]
    // All that have it lie above 0.3, and one that has not: 3 of 4 right is better than 2 of 2.
    [InlineData("0.9+ 0.8+ 0.6- 0.4+ 0.1-", 0.25)]
    // The usual threshold does as well as any between the two.
    [InlineData("0.9+ 0.7+ 0.2- 0.1-", 0.5)]
    // Equal probabilities cannot be told apart.
    [InlineData("0.9+ 0.9- 0.9- 0.2-", 0.5)]
    // Nobody has it, or nobody is known to.
    [InlineData("0.9- 0.2-", 0.5)]
    [InlineData("0.9? 0.2?", 0.5)]
    // What is not known decides nothing.
    [InlineData("0.9+ 0.8? 0.7? 0.6- 0.05-", 0.75)]
    [InlineData("0.04+ 0.02-", 0.03)]
    [InlineData("0.3+ 0.2+", 0.1)]
    public void It_lies_between_the_best_two_neighbours(string images, double expected)
    {
        var (evaluation, words) = Evaluation(images);

        Assert.Equal(expected, ThresholdTuning.Of(evaluation)[0], 1e-6);
        Assert.Equal(0.5, ThresholdTuning.Of(evaluation)[1]);

        // No other threshold does better.
        var best = F1(expected);
        Assert.All(Enumerable.Range(0, 1000), at => Assert.True(F1(at / 1000.0) <= best + 1e-12));
        var tuned = evaluation with { Thresholds = ThresholdTuning.Of(evaluation) };
        Assert.Equal(best, tuned.TunedReport().Classes[0].F1, 1e-12);

        double F1(double threshold)
        {
            var (given, right, all) = (0, 0, words.Count(word => word[^1] == '+'));
            foreach (var word in words.Where(word => word[^1] != '?'))
            {
                var isGiven = float.Parse(word[..^1], System.Globalization.CultureInfo.InvariantCulture) > threshold;
                given += isGiven ? 1 : 0;
                right += isGiven && word[^1] == '+' ? 1 : 0;
            }

            return given + all == 0 ? 0 : 2.0 * right / (given + all);
        }
    }

    // The first of two classes; of the second nothing is above 0.
    private static (EvaluationResult Evaluation, string[] Words) Evaluation(string images)
    {
        var words = images.Split(' ');
        var scores = words.SelectMany(word =>
            new[] { float.Parse(word[..^1], System.Globalization.CultureInfo.InvariantCulture), 0 }
        );
        var probabilities = new ImageProbabilities(
            [.. Enumerable.Range(0, words.Length)],
            [.. scores],
            [.. words.SelectMany(word => new[] { word[^1] == '+', false })],
            [.. words.SelectMany(word => new[] { word[^1] != '?', true })]
        );
        return (
            new EvaluationResult
            {
                Data = "two",
                Classes = ["a", "b"],
                Loss = 0.25,
                Images = words.Length,
                MultiLabel = true,
                Predictions = [],
                Probabilities = probabilities,
            },
            words
        );
    }
}
