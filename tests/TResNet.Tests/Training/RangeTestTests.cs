using TorchSharp;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>The learning rate rises, the network stays as it was, and the suggestions are fastai's.</summary>
public sealed class RangeTestTests
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(200);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(20);
    private static readonly TrainingOptions Recipe = new() { BatchSize = 20, Epochs = 1 };

    [Fact]
    public void Rates_rise_by_one_factor_between_the_ends()
    {
        var range = new LearningRateRange();
        Assert.Equal(1e-7, range.At(0), 1e-15);
        Assert.Equal(10, range.At(99), 1e-9);
        Assert.Equal(range.At(50) / range.At(49), range.At(2) / range.At(1), 1e-9);
    }

    [Theory]
    [InlineData(OptimizerKind.SGD, null)]
    [InlineData(OptimizerKind.AdamW, null)]
    [InlineData(OptimizerKind.SGD, "layer1")]
    public void The_network_is_as_it_was_to_the_bit(OptimizerKind optimizer, string? freeze)
    {
        manual_seed(1);
        using var model = Models.Create("tresnet_nano", numClasses: 10);
        var (train, validation) = (Train.FitTo(3, 32, 32), Validation.FitTo(3, 32, 32));
        model.eval();
        var before = model.Copy();
        var options = Recipe with { Optimizer = optimizer, Freeze = freeze, HeadInitScale = 0.5 };
        var reports = new List<StepResult>();

        var curve = new Trainer(model, train, validation, options).FindLearningRate(
            new LearningRateRange(1e-6, 1, 30),
            new Observer<StepResult>(reports.Add)
        );

        Assert.Equal(RangeTestEnd.Complete, curve.End);
        Assert.Equal(30, curve.Steps.Count);
        Assert.Equal(30, reports.Count);
        before.AssertSame(model.Copy());
        Assert.False(model.training);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.grad is null));

        // The same once more: nothing of the first is left.
        var again = new Trainer(model, train, validation, options).FindLearningRate(new LearningRateRange(1e-6, 1, 30));
        Assert.Equal(curve.Steps, again.Steps);
    }

    [Fact]
    public void The_first_losses_are_those_of_training()
    {
        using var net = SmallNets.Create();
        using var other = SmallNets.Create();
        var curve = new Trainer(net, Train, Validation, Recipe).FindLearningRate(new LearningRateRange(1e-3, 1e-1, 20));
        var run = new Trainer(other, Train, Validation, Recipe with { LearningRate = 1e-3, DivFactor = 1 }).Fit();

        Assert.Equal(run.Steps[0].Loss, curve.Steps[0].Loss);
        Assert.Equal(curve.Steps[0].Loss, curve.Smoothed[0], 1e-9);
        var second = (0.98 * 0.02 * curve.Steps[0].Loss + 0.02 * curve.Steps[1].Loss) / (1 - 0.98 * 0.98);
        Assert.Equal(second, curve.Smoothed[1], 1e-6);
    }

    [Fact]
    public void It_ends_where_the_loss_has_gone()
    {
        using var net = SmallNets.Create();
        var before = net.Copy();
        var curve = new Trainer(net, Train, Validation, Recipe).FindLearningRate(new LearningRateRange(1e-7, 100, 60));

        Assert.Equal(RangeTestEnd.Diverged, curve.End);
        Assert.InRange(curve.Steps.Count, 1, 59);
        Assert.All(curve.Steps, step => Assert.True(double.IsFinite(step.Loss)));
        before.AssertSame(net.Copy());
    }

    [Fact]
    public void A_network_whose_loss_is_no_number_is_refused_and_left_alone()
    {
        using var net = SmallNets.Create();
        using (no_grad())
        {
            net.get_parameter("fc.bias")!.fill_(float.NaN);
        }

        Assert.Throws<TResNetException>(() => new Trainer(net, Train, Validation, Recipe).FindLearningRate(new()));
        Assert.All(net.Copy()["fc.bias"], each => Assert.True(float.IsNaN(each)));
    }

    [Fact]
    public void It_can_be_interrupted()
    {
        using var net = SmallNets.Create();
        var before = net.Copy();
        using var stop = new CancellationTokenSource();
        var curve = new Trainer(net, Train, Validation, Recipe).FindLearningRate(
            new LearningRateRange(),
            new Observer<StepResult>(step =>
            {
                if (step.Step == 17)
                {
                    stop.Cancel();
                }
            }),
            stop.Token
        );

        Assert.Equal((RangeTestEnd.Interrupted, 17), (curve.End, curve.Steps.Count));
        before.AssertSame(net.Copy());
    }

    // By fastai's own function on the same numbers, which loses the first tenth and the last five.
    [Fact]
    public void The_valley_is_fastais()
    {
        double[] losses =
        [
            .. Enumerable.Repeat(2.3, 10),
            .. Enumerable.Range(0, 40).Select(i => 2.3 + 0.001 * (i % 2)),
            .. Enumerable.Range(0, 30).Select(i => 2.29 - 0.03 * i),
            .. Enumerable.Range(0, 20).Select(i => 1.5 + 0.2 * i),
        ];
        var curve = Curve(losses);

        // The fall has 30 steps and the two heights before it: it ends at 79, is counted back from there, and 10 + 5 steps are passed.
        Assert.Equal(79 - 32 + 10 + 5, curve.Valley);
        Assert.InRange(curve.Steepest!.Value, 50, 79);
        Assert.Equal(79, curve.Minimum);
    }

    [Fact]
    public void A_loss_that_never_falls_suggests_nothing()
    {
        var curve = Curve([.. Enumerable.Range(0, 100).Select(i => 2 + 0.01 * i)]);
        Assert.Null(curve.Valley);
        Assert.Null(curve.Steepest);
        Assert.Null(Curve([2, 1.9, 1.8, 1.7]).Valley);
        Assert.Null(Curve([]).Minimum);
    }

    [Theory]
    [InlineData(0, 1, 100)]
    [InlineData(1, 1, 100)]
    [InlineData(1e-3, 1e3, 100)]
    [InlineData(double.NaN, 1, 100)]
    [InlineData(1e-3, 1, 19)]
    public void A_range_that_is_none_is_refused(double start, double end, int steps) =>
        Assert.StartsWith(
            "The learning rate was to rise",
            Assert.Throws<TResNetException>(() => new LearningRateRange(start, end, steps).Validate()).Message
        );

    private static LearningRateCurve Curve(double[] losses) =>
        new(
            [.. losses.Select((loss, i) => new StepResult(i + 1, 1, loss, 1e-7 * Math.Pow(1.2, i)))],
            losses,
            RangeTestEnd.Complete
        )
        {
            Options = Recipe,
            Model = "net",
            Data = "data",
            Planned = 100,
        };
}
