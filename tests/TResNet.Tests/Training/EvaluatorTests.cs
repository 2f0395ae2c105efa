using TorchSharp;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Graphs;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

public sealed class EvaluatorTests
{
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation);

    [Fact]
    public void Every_image_gets_the_answer_the_network_gives_it_alone()
    {
        using var scope = NewDisposeScope();
        using var net = SmallNets.Create();

        var evaluation = Evaluator.Evaluate(net, Validation.First(60), batchSize: 25);

        net.eval();
        Assert.Equal(Enumerable.Range(0, 60), evaluation.Predictions.Select(prediction => prediction.Index));
        foreach (var prediction in evaluation.Predictions)
        {
            var (image, label) = Validation.GetBatch([prediction.Index]);
            var probabilities = net.call(image).softmax(1);
            Assert.Equal(label.item<long>(), prediction.Label);
            Assert.Equal(probabilities.argmax().item<long>(), prediction.Predicted);
            Assert.Equal(probabilities.max().item<float>(), prediction.Confidence, 1e-5);
            var order = probabilities.argsort(1, descending: true).data<long>().ToArray();
            Assert.Equal(Array.IndexOf(order, prediction.Label) + 1, prediction.Rank);
        }
    }

    [Fact]
    public void The_loss_is_the_mean_over_images_whatever_the_batches()
    {
        using var net = SmallNets.Create();

        var loss = Evaluator.Evaluate(net, Validation.First(100), batchSize: 100).Loss;

        Assert.Equal(loss, Evaluator.Evaluate(net, Validation.First(100), batchSize: 7).Loss, 1e-5);
        // An untrained network of ten classes knows about nothing.
        Assert.InRange(loss, Math.Log(10) - 0.4, Math.Log(10) + 0.4);
    }

    [Fact]
    public void Evaluation_leaves_the_network_and_its_modes_alone()
    {
        using var net = SmallNets.Create();
        net.train();
        var frozen = net.named_children().Single(child => child.name == "norm").module;
        frozen.eval();
        var before = net.Copy();

        Evaluator.Evaluate(net, Validation.First(50));

        Assert.Equal((true, false), (net.training, frozen.training));
        before.AssertSame(net.Copy());
    }

    [Fact]
    public void It_says_after_each_batch_how_far_it_is()
    {
        using var net = SmallNets.Create();
        var reports = new List<(int Done, int Images, double Top1)>();

        var observer = new Observer<(int Done, int Images, double Top1)>(reports.Add);
        var evaluation = Evaluator.Evaluate(net, Validation.First(60), batchSize: 25, observer);

        Assert.Equal([(25, 60), (50, 60), (60, 60)], reports.Select(at => (at.Done, at.Images)));
        Assert.Equal(evaluation.Top1, reports[^1].Top1);
    }

    [Theory]
    [InlineData(25, 20)]
    [InlineData(64, 60)]
    [InlineData(1, 1)]
    public void An_optimised_network_gives_the_same_answers_in_batches_of_one_size(int batchSize, int together)
    {
        using var net = SmallNets.Create();
        var data = Validation.First(60);
        var expected = Evaluator.Evaluate(net, data);
        var sizes = new List<int>();

        var fast = Evaluator.Evaluate(
            net,
            data,
            batchSize,
            new Observer<(int Done, int Images, double Top1)>(at => sizes.Add(at.Done - sizes.Sum())),
            optimize: true
        );

        Assert.Equal(expected.Loss, fast.Loss, 1e-4);
        Assert.Equal(
            expected.Predictions.Select(p => (p.Index, p.Label, p.Predicted)),
            fast.Predictions.Select(p => (p.Index, p.Label, p.Predicted))
        );
        Assert.All(
            expected.Predictions.Zip(fast.Predictions),
            pair => Assert.Equal(pair.First.Confidence, pair.Second.Confidence, 1e-4)
        );
        Assert.Equal(60, sizes.Sum());
        Assert.All(sizes, size => Assert.Equal(together, size));
    }

    [Fact]
    public void A_smaller_last_batch_and_mirrored_views_need_no_other_plan()
    {
        using var scope = NewDisposeScope();
        using var net = SmallNets.Create();
        var data = Validation.First(17);
        var expected = Evaluator.Evaluate(net, [data, data], mirrored: true);
        using var fast = net.Optimize(zeros([5, 1, 28, 28]));

        // Weights that have changed since would be refused where another size is optimised for.
        using (no_grad())
        {
            net.get_parameter("fc.weight")!.mul_(1);
        }

        Assert.Equal(expected.Loss, Evaluator.Evaluate(fast, [data, data], mirrored: true).Loss, 1e-4);
    }

    [Fact]
    public void A_batch_without_images_is_refused()
    {
        using var net = SmallNets.Create();

        Assert.StartsWith(
            "The batch size is 0, but it has to be at least 1",
            Assert.Throws<TResNetException>(() => Evaluator.Evaluate(net, Validation, batchSize: 0)).Message
        );
    }

    [Fact]
    public void A_network_that_says_nothing_is_not_praised()
    {
        using var net = SmallNets.Create();
        using (no_grad())
        {
            foreach (var weight in net.parameters())
            {
                weight.zero_();
            }
        }

        var evaluation = Evaluator.Evaluate(net, Validation.First(60));

        Assert.Equal(evaluation.Top1, evaluation.Top5);
    }

    [Fact]
    public void Images_with_several_classes_have_precisions_and_any_of_their_classes_is_right()
    {
        using var net = nn.Sequential(("flat", nn.Flatten()));

        var evaluation = Evaluator.Evaluate(net, new Several(), batchSize: 3);

        // By hand. Class a is ranked 0, 1, 2, 3 and images 0 and 1 have it; class b is ranked 1, 0, 2, 3 and image 2 has it; no image has c.
        Assert.Equal(
            [(2, 1.0), (1, 1 / 3.0)],
            evaluation.AveragePrecisions!.Take(2).Select(p => (p.Images, p.AveragePrecision))
        );
        Assert.Equal(
            (0, double.NaN),
            (evaluation.AveragePrecisions![2].Images, evaluation.AveragePrecisions[2].AveragePrecision)
        );
        Assert.Equal(2 / 3.0, evaluation.MeanAveragePrecision!.Value, 1e-12);

        // Image 3 has no class, and no right answer.
        Assert.Equal(
            [(0, 0, 0, 1), (1, 0, 1, 2), (2, 1, 0, 3)],
            evaluation.Predictions.Select(p => (p.Index, p.Label, p.Predicted, p.Rank))
        );
        Assert.Equal(
            Several.Scores.Zip(Several.Shares, (x, y) => Math.Log(1 + Math.Exp(x)) - x * y).Average(),
            evaluation.Loss,
            1e-6
        );
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var net = SmallNets.Create();

        Assert.Throws<OperationCanceledException>(() =>
            Evaluator.Evaluate(net, Validation, cancel: new CancellationToken(canceled: true))
        );
    }

    /// <summary>Four images of three pixels that are their own logits.</summary>
    private sealed class Several : ImageDataset
    {
        public static readonly float[] Scores = [4, 2, 1, 2, 3, 1, 1.5f, 1, 1.2f, 1, -1, 0];
        public static readonly float[] Shares = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];

        public override string Name => "several";

        public override int Count => 4;

        public override IReadOnlyList<string> Classes => ["a", "b", "c"];

        public override int Channels => 1;

        public override int Height => 1;

        public override int Width => 3;

        public override bool IsMultiLabel => true;

        public override ReadOnlySpan<int> LabelsOf(int index) =>
            Enumerable.Range(0, 3).Where(label => Shares[3 * index + label] == 1).ToArray();

        public override bool Read(int index, int? epoch, Span<float> values)
        {
            Scores.AsSpan(3 * index, 3).CopyTo(values);
            return true;
        }
    }
}
