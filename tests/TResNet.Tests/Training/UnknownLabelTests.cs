using TorchSharp;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Tests.Data.Sources;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>What nobody knows of an image changes no weight and no number.</summary>
public sealed class UnknownLabelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(LossKind.Asymmetric, 0)]
    [InlineData(LossKind.BinaryCrossEntropy, 0.2)]
    public void A_loss_is_that_of_the_known_labels_and_so_are_its_gradients(LossKind kind, double smoothing)
    {
        using var scope = NewDisposeScope();
        var options = new TrainingOptions
        {
            Loss = kind,
            LabelSmoothing = smoothing,
            BcePosWeight = 2,
        }.Validate();
        var values = new float[] { 1.5f, -0.5f, 0.25f, -2, 0.7f, 3 };
        var shares = new[] { 1, float.NaN, 0, 0, 1, float.NaN };
        var logits = tensor(values, [2, 3]).requires_grad_(true);

        var loss = Losses.Of(logits, tensor(shares, [2, 3]), options, isMultiLabel: true, hasUnknown: true);
        loss.backward();

        // One label at a time, of as many as there are, so that smoothing gives each the same.
        var each = Enumerable
            .Range(0, 6)
            .Where(at => !float.IsNaN(shares[at]))
            .Sum(at =>
            {
                var padded = Enumerable.Range(0, 6).Select(other => other == at ? shares[at] : float.NaN).ToArray();
                return Losses
                    .Of(tensor(values, [2, 3]), tensor(padded, [2, 3]), options, isMultiLabel: true, hasUnknown: true)
                    .item<float>();
            });
        Assert.Equal(kind == LossKind.Asymmetric ? each : each / 4, loss.item<float>(), 1e-5);
        Assert.Equal([false, true, false, false, false, true], logits.grad!.data<float>().Select(slope => slope == 0));
        var all = tensor(new float[] { 1, 0, 0, 0, 1, 1 }, [2, 3]);
        Assert.Equal(
            Losses.Of(logits, all, options, isMultiLabel: true).item<float>(),
            Losses.Of(logits, all, options, isMultiLabel: true, hasUnknown: true).item<float>(),
            1e-6
        );
    }

    [Fact]
    public void Metrics_are_those_of_the_known_pairs()
    {
        // Three images, two classes; of the second image the first class is not known, of the third the second.
        float[] values = [0.9f, 0.2f, 0.95f, 0.7f, 0.3f, 0.8f];
        bool[] truth = [true, false, false, true, false, false];
        bool[] known = [true, true, false, true, true, false];
        var partial = new ImageProbabilities([0, 1, 2], values, truth, known);

        var first = ClassPrecision.Of("a", [0.9f, 0.3f], [true, false]);
        var second = ClassPrecision.Of("b", [0.2f, 0.7f], [false, true]);
        Assert.Equal((first, second), (partial.PrecisionOf("a", 0), partial.PrecisionOf("b", 1)));
        Assert.Equal(
            [new ClassCounts("a", 1, 1, 1), new ClassCounts("b", 1, 1, 1)],
            partial.Count(["a", "b"], 0.5, most: null)
        );
        Assert.Equal(2, partial.Unknown);
    }

    [Theory]
    [InlineData(LossKind.Asymmetric, 0.0)]
    [InlineData(LossKind.BinaryCrossEntropy, 0.5)]
    public void A_run_with_unknown_labels_has_numbers_everywhere_also_where_images_are_mixed(
        LossKind loss,
        double mixup
    )
    {
        folder.Images([.. Enumerable.Range(0, 20).Select(i => $"{i}.jpg")]);
        var rows = Enumerable
            .Range(0, 20)
            .Select(i => $"{i}.jpg,{(i % 3 == 0 ? "cat;?dog" : i % 3 == 1 ? "dog" : "cat;dog")}");
        var csv = folder.Write("tags.csv", string.Join('\n', rows) + "\n");
        var (train, held) = CsvLabels.Load(csv);
        var data = new TransformedDataset(train, 16, new Augmentations { Mixup = mixup }, Normalize.ZeroToOne);
        var tested = new TransformedDataset(held, 16);
        manual_seed(1);
        using var network = nn.Sequential(("flat", nn.Flatten()), ("fc", nn.Linear(3 * 16 * 16, 2)));

        var run = new Trainer(
            network,
            data,
            tested,
            new TrainingOptions
            {
                Epochs = 2,
                BatchSize = 4,
                Loss = loss,
                LearningRate = 0.01,
                LabelSmoothing = 0,
            }
        ).Fit();

        Assert.All(run.Steps, step => Assert.True(double.IsFinite(step.Loss)));
        Assert.All(run.Epochs, epoch => Assert.True(double.IsFinite(epoch.ValidationLoss)));
        var evaluation = Evaluator.Evaluate(network, tested);
        Assert.Equal(held.Count, evaluation.Images);
        Assert.Equal(Enumerable.Range(0, held.Count).Sum(i => held.UnknownOf(i).Length), evaluation.UnknownLabels);
        Assert.InRange(evaluation.UnknownLabels, 1, held.Count);
        using var scope = NewDisposeScope();
        using var loader = new DataLoader(data, 10, shuffle: true, epoch: 1);
        var mixed = loader.First().Labels.data<float>().ToArray();
        Assert.Contains(mixed, float.IsNaN);
    }
}
