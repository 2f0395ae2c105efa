using System.Text.Json;
using System.Text.Json.Nodes;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Tests.Training;

/// <summary>The average of the weights: its warm-up, which of the two is the better, what is said of a run that is too short for it.</summary>
public sealed class WeightAverageTests : IDisposable
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(400);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(100);
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 2,
        BatchSize = 20,
        LearningRate = 0.02,
        ModelEmaDecay = 0.9998,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.3700394750525634)]
    [InlineData(3, 0.51925014323086394)]
    [InlineData(1000, 0.99)]
    [InlineData(2000, 0.99)]
    public void The_warm_up_is_timms(int step, double kept) =>
        Assert.Equal(kept, new AverageDecay(0.99, WarmUp: true).At(step), 1e-9);

    [Fact]
    public void Without_a_warm_up_the_share_is_the_same_from_the_second_step()
    {
        var decay = new AverageDecay(0.99, WarmUp: false);
        Assert.Equal([0, 0.99, 0.99], new[] { 1, 2, 3 }.Select(decay.At));
    }

    [Fact]
    public void A_short_run_is_told_what_decay_fits()
    {
        Assert.Equal(
            "With a decay of 0.9998, 95 % of the average of the weights is still its initial weights after the 250 steps of this run: "
                + "warm it up (--model-ema-warmup), or take a decay of at most 0.99 (--model-ema-decay).",
            new AverageDecay(0.9998, WarmUp: false).Warning(250)
        );
        Assert.Null(new AverageDecay(0.99, WarmUp: false).Warning(250));
        Assert.Null(new AverageDecay(0.9998, WarmUp: true).Warning(250));
        Assert.NotNull(new AverageDecay(0.9998, WarmUp: true).Warning(3));
        Assert.Null(new AverageDecay(0.9998, WarmUp: false).Warning(1));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(250)]
    [InlineData(31_000)]
    [InlineData(375_000)]
    public void The_decay_that_is_said_to_fit_does(int steps)
    {
        var warning = new AverageDecay(0.9999999, WarmUp: false).Warning(steps)!;
        var fits = double.Parse(
            warning.Split("at most ")[1].Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.InRange(fits, 1e-9, 1);
        Assert.Null(new AverageDecay(fits, WarmUp: false).Warning(steps));
    }

    [Fact]
    public void A_warning_is_there_before_the_first_step_and_once()
    {
        using var net = SmallNets.Create();
        var atStart = new List<string>();
        var run = new Trainer(net, Train, Validation, Recipe with { ModelEmaWarmup = false })
        {
            Observers = [new AtStart(session => atStart.AddRange(session.Warnings))],
        }.Fit();

        Assert.Single(atStart);
        Assert.Equal(atStart, run.Warnings);
    }

    [Fact]
    public void A_short_run_with_a_large_decay_is_as_good_as_its_network()
    {
        using var net = SmallNets.Create();
        var run = new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit();

        Assert.Empty(run.Warnings);
        Assert.All(
            run.Epochs,
            epoch =>
            {
                Assert.NotNull(epoch.Weights);
                Assert.True(epoch.Top1 >= epoch.OtherScore);
            }
        );
        using var best = SmallNets.Create(seed: 7);
        Checkpoint.Load(best, Path.Combine(path, "best.safetensors"));
        Assert.Equal(run.Best!.Top1, Evaluator.Evaluate(best, Validation).Top1);
        Assert.Equal(run.Top1, Evaluator.Evaluate(net, Validation).Top1);

        using var again = SmallNets.Create(seed: 7);
        var second = new Trainer(again, Train, Validation, Recipe, RunFolder.Resume(path)).Fit();
        Assert.Equal(run.Epochs, second.Epochs);
        net.Copy().AssertSame(again.Copy());
    }

    [Fact]
    public void A_run_of_an_earlier_version_goes_on_without_a_warm_up()
    {
        var old = OldNames.Replace(JsonNode.Parse("""{"Options":{"EmaDecay":0.99}}"""))!["Options"];
        var none = OldNames.Replace(JsonNode.Parse("""{"Options":{"ModelEmaDecay":0}}"""))!["Options"];
        var given = OldNames.Replace(JsonNode.Parse("""{"ModelEmaDecay":0.9,"ModelEmaWarmup":true}"""));

        Assert.False(old.Deserialize<TrainingOptions>()!.ModelEmaWarmup);
        Assert.True(none.Deserialize<TrainingOptions>()!.ModelEmaWarmup);
        Assert.True(given.Deserialize<TrainingOptions>()!.ModelEmaWarmup);
    }

    private sealed class AtStart(Action<TrainingSession> told) : ITrainingObserver
    {
        public void Started(TrainingSession run) => told(run);
    }
}
