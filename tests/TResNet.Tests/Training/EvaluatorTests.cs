using TorchSharp;
using TResNet.Data;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

public sealed class EvaluatorTests
{
    private static readonly ImageDataset HeldOut = FashionMnist.Load(FashionMnistSplit.HeldOut);

    [Fact]
    public void Every_image_gets_the_answer_the_network_gives_it_alone()
    {
        using var scope = NewDisposeScope();
        using var net = SmallNets.Create();

        var evaluation = Evaluator.Evaluate(net, HeldOut.First(60), batchSize: 25);

        net.eval();
        Assert.Equal(Enumerable.Range(0, 60), evaluation.Predictions.Select(prediction => prediction.Index));
        foreach (var prediction in evaluation.Predictions)
        {
            var (image, label) = HeldOut.GetBatch([prediction.Index]);
            var probabilities = net.call(image).softmax(1);
            Assert.Equal(label.item<long>(), prediction.Label);
            Assert.Equal(probabilities.argmax().item<long>(), prediction.Predicted);
            Assert.Equal(probabilities.max().item<float>(), prediction.Confidence, 1e-5);
        }
    }

    [Fact]
    public void The_loss_is_the_mean_over_images_whatever_the_batches()
    {
        using var net = SmallNets.Create();

        var loss = Evaluator.Evaluate(net, HeldOut.First(100), batchSize: 100).Loss;

        Assert.Equal(loss, Evaluator.Evaluate(net, HeldOut.First(100), batchSize: 7).Loss, 1e-5);
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

        Evaluator.Evaluate(net, HeldOut.First(50));

        Assert.Equal((true, false), (net.training, frozen.training));
        Assert.Equal(before, net.Copy());
    }

    [Fact]
    public void It_says_after_each_batch_how_far_it_is()
    {
        using var net = SmallNets.Create();
        var reports = new List<EvaluationProgress>();

        var observer = new Observer<EvaluationProgress>(reports.Add);
        var evaluation = Evaluator.Evaluate(net, HeldOut.First(60), batchSize: 25, observer);

        Assert.Equal([(25, 60), (50, 60), (60, 60)], reports.Select(at => (at.Done, at.Images)));
        Assert.Equal(evaluation.Top1, reports[^1].Top1);
    }

    [Fact]
    public void A_batch_without_images_is_refused()
    {
        using var net = SmallNets.Create();

        Assert.StartsWith(
            "The batch size is 0, but it has to be at least 1",
            Assert.Throws<TResNetException>(() => Evaluator.Evaluate(net, HeldOut, batchSize: 0)).Message
        );
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        using var net = SmallNets.Create();

        Assert.Throws<OperationCanceledException>(() =>
            Evaluator.Evaluate(net, HeldOut, cancel: new CancellationToken(canceled: true))
        );
    }
}
