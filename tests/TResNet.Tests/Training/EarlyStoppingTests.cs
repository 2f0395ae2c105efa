using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Tests.Training;

/// <summary>A run that gets no better ends, finished, with the weights of its best epoch; stopped and resumed, it ends the same.</summary>
public sealed class EarlyStoppingTests : IDisposable
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(100);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(50);

    // Far too high a rate after a good start: the network falls apart, and its best epoch is an early one.
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 40,
        BatchSize = 20,
        LearningRate = 5,
        Momentum = 0.95,
        DivFactor = 1000,
        WarmUp = 0.9,
        EarlyStopPatience = 2,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [InlineData(new[] { 0.5, 0.6, 0.6, 0.6 }, 2, true)]
    [InlineData(new[] { 0.5, 0.6, 0.6, 0.6 }, 3, false)]
    [InlineData(new[] { 0.5, 0.6, 0.5, 0.7 }, 1, false)]
    [InlineData(new[] { 0.5, 0.4 }, 1, true)]
    [InlineData(new[] { 0.5 }, 1, false)]
    [InlineData(new double[0], 1, false)]
    [InlineData(new[] { double.NaN, double.NaN, double.NaN }, 2, true)]
    public void Patience_counts_epochs_since_the_best(double[] values, int patience, bool isDue) =>
        Assert.Equal(
            isDue,
            EarlyStopping.IsDue(
                new TrainingOptions { EarlyStopPatience = patience },
                [.. values.Select((value, i) => new EpochResult(i + 1, i + 1, 1, 1, value, 1, TimeSpan.Zero))]
            )
        );

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void It_ends_finished_with_the_weights_of_the_best_epoch(double average)
    {
        using var net = SmallNets.Create();
        var options = Recipe with { ModelEmaDecay = average };
        var run = new Trainer(net, Train, Validation, options, RunFolder.New(path)).Fit();

        Assert.True(run is { StoppedEarly: true, Interrupted: false }, $"{run.Epochs.Count} epochs");
        Assert.Equal(run.Best!.Epoch + 2, run.Epochs.Count);
        Assert.Equal(run.Best.Top1, Evaluator.Evaluate(net, Validation).Top1);
        using var kept = SmallNets.Create(seed: 5);
        Checkpoint.Load(kept, run.BestCheckpoint!);
        kept.Copy().AssertSame(net.Copy());
        var described = RunFolder.Resume(path).Describe();
        Assert.True(described is { StoppedEarly: true, Interrupted: false });

        // It is over: going on does no step, and gives the same network.
        using var again = SmallNets.Create(seed: 7);
        var second = new Trainer(again, Train, Validation, options, RunFolder.Resume(path)).Fit();
        Assert.Equal((true, run.Steps.Count), (second.StoppedEarly, second.Steps.Count));
        net.Copy().AssertSame(again.Copy());
    }

    [Fact]
    public void A_run_that_goes_on_stops_where_an_unbroken_one_does()
    {
        using var unbroken = SmallNets.Create();
        var whole = new Trainer(unbroken, Train, Validation, Recipe).Fit();
        Assert.True(whole.StoppedEarly);

        // Stopped after the best epoch, so that its weights come from the folder.
        using var stopped = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == whole.Best!.Step + 2)
            {
                stop.Cancel();
            }
        });
        new Trainer(stopped, Train, Validation, Recipe, RunFolder.New(path)).Fit(observer, stop.Token);
        using var resumed = SmallNets.Create(seed: 9);
        var rest = new Trainer(resumed, Train, Validation, Recipe, RunFolder.Resume(path)).Fit();

        Assert.Equal(whole.Steps, rest.Steps);
        unbroken.Copy().AssertSame(resumed.Copy());
    }

    [Fact]
    public void A_run_that_gets_better_to_its_end_ends_there()
    {
        using var net = SmallNets.Create();
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = 20,
            LearningRate = 0.02,
            EarlyStopPatience = 2,
            EvalMetric = EvalMetric.Loss,
        };
        var run = new Trainer(net, Train, Validation, options).Fit();

        Assert.Equal((3, false), (run.Epochs.Count, run.StoppedEarly));
        Assert.Equal(run.Best!.ValidationLoss, Evaluator.Evaluate(net, Validation).Loss, 1e-6);
    }

    [Theory]
    [InlineData(0, 5, "from 1 to below the 5 epochs of the run")]
    [InlineData(5, 5, "from 1 to below the 5 epochs of the run")]
    [InlineData(1, 1, "left out of a run of one epoch")]
    public void A_patience_that_could_not_end_a_run_is_refused(int patience, int epochs, string expected) =>
        Assert.Contains(
            expected,
            Assert
                .Throws<TResNetException>(() =>
                    new TrainingOptions { Epochs = epochs, EarlyStopPatience = patience }.Validate()
                )
                .Message
        );
}
