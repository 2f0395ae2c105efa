using TResNet.Building;
using TResNet.Data;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Losses against their formulas in float64.</summary>
public sealed class LossTests
{
    private static readonly double[] Logits = [1.5, -0.5, 0.25, -2];
    private static readonly double[] Sigmoids = [.. Logits.Select(x => 1 / (1 + Math.Exp(-x)))];
    private static readonly double[] Softmax = [.. Logits.Select(x => Math.Exp(x) / Logits.Sum(Math.Exp))];

    [Theory]
    [InlineData(0, null, 1)]
    [InlineData(0.2, null, 1)]
    [InlineData(0.2, null, 3.5)]
    [InlineData(0.2, 0.1, 1)]
    [InlineData(0.2, 0.04, 2)]
    public void Binary_cross_entropy_smooths_towards_a_share_of_all_classes(
        double smoothing,
        double? threshold,
        double weight
    )
    {
        var options = new TrainingOptions
        {
            Loss = LossKind.BinaryCrossEntropy,
            LabelSmoothing = smoothing,
            BceTargetThreshold = threshold,
            BcePosWeight = weight,
        }.Validate();
        var expected = Enumerable
            .Range(0, 4)
            .Select(label =>
            {
                var target = (label == 2 ? 1 - smoothing : 0) + smoothing / 4;
                target = threshold is { } least ? (target > least ? 1 : 0) : target;
                return -(weight * target * Math.Log(Sigmoids[label]) + (1 - target) * Math.Log(1 - Sigmoids[label]));
            })
            .Average();

        foreach (var isMultiLabel in new[] { false, true })
        {
            Assert.Equal(expected, Of(options, isMultiLabel), 1e-6);
        }
    }

    [Theory]
    [InlineData(0, 4, 0.1)]
    [InlineData(1, 2, 0)]
    [InlineData(0.5, 4, 0.3)]
    public void The_asymmetric_loss_of_one_class_weighs_probabilities_that_sum_to_one(
        double positive,
        double negative,
        double smoothing
    )
    {
        var options = new TrainingOptions
        {
            Loss = LossKind.Asymmetric,
            AsymmetricPositive = positive,
            AsymmetricNegative = negative,
            LabelSmoothing = smoothing,
        };
        var expected = Enumerable
            .Range(0, 4)
            .Sum(label =>
            {
                var target = (label == 2 ? 1 - smoothing : 0) + smoothing / 4;
                var focus = label == 2 ? Math.Pow(1 - Softmax[2], positive) : Math.Pow(Softmax[label], negative);
                return -target * Math.Log(Softmax[label]) * focus;
            });

        Assert.Equal(expected, Of(options, isMultiLabel: false), 1e-6);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 4)]
    [InlineData(0, 0)]
    public void A_network_that_is_sure_gets_gradients_that_are_numbers(double positive, double negative)
    {
        foreach (var isMultiLabel in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var logits = tensor(new float[] { 200, -200, 200, -200 }, [1, 4]).requires_grad_(true);
            var options = new TrainingOptions
            {
                Loss = LossKind.Asymmetric,
                AsymmetricPositive = positive,
                AsymmetricNegative = negative,
            };

            Losses.Of(logits, tensor(new long[] { 0 }), options, isMultiLabel).backward();

            Assert.All(logits.grad!.data<float>(), each => Assert.True(float.IsFinite(each)));
        }
    }

    [Fact]
    public void A_network_of_several_labels_and_images_of_one_go_together_by_binary_cross_entropy_alone()
    {
        using var network = (Models.TResNetNano() with { MultiLabel = true }).Build(10);
        var data = FashionMnist.Load(FashionMnistSplit.Validation).First(8);

        foreach (var loss in new[] { LossKind.CrossEntropy, LossKind.Asymmetric })
        {
            Assert.Contains(
                "take binary cross entropy (--loss bce)",
                Assert
                    .Throws<TResNetException>(() =>
                        LossCheck.Require(new TrainingOptions { Loss = loss }, data, network)
                    )
                    .Message,
                StringComparison.Ordinal
            );
        }

        LossCheck.Require(new TrainingOptions { Loss = LossKind.BinaryCrossEntropy }, data, network);
    }

    private static double Of(TrainingOptions options, bool isMultiLabel)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Logits.Select(x => (float)x).ToArray(), [1, 4]);
        return Losses.Of(logits, tensor(new long[] { 2 }), options, isMultiLabel).item<float>();
    }
}
