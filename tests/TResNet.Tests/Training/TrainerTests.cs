using TorchSharp;
using TorchSharp.Modules;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

public sealed class TrainerTests
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation);
    private static readonly TrainingOptions Quick = new()
    {
        Epochs = 2,
        BatchSize = 50,
        LearningRate = 0.05,
    };

    [Fact]
    public void Training_makes_a_network_better()
    {
        using var net = SmallNets.Create();
        var before = Evaluator.Evaluate(net, Validation);

        var run = new Trainer(net, Train.First(2000), Validation.First(500), Quick).Fit();

        Assert.InRange(before.Top1, 0, 0.3);
        Assert.InRange(run.Top1!.Value, 0.6, 1);
        Assert.True(run.Epochs[1].TrainLoss < run.Epochs[0].TrainLoss);
        Assert.Equal((80, 2, false), (run.Steps.Count, run.Epochs.Count, run.Interrupted));
        Assert.Equal(
            ("Fashion-MNIST 10k (train)", "Fashion-MNIST 10k (held out)"),
            (run.TrainData, run.ValidationData)
        );
        Assert.False(net.training);
    }

    [Fact]
    public void One_seed_reproduces_a_run_bit_for_bit()
    {
        var (first, firstWeights) = Once(seed: 7);
        var (second, secondWeights) = Once(seed: 7);
        var (other, _) = Once(seed: 8);

        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(
            first.Epochs.Select(epoch => epoch.ValidationLoss),
            second.Epochs.Select(epoch => epoch.ValidationLoss)
        );
        Assert.Equal(firstWeights, secondWeights);
        Assert.NotEqual(first.Steps[0].Loss, other.Steps[0].Loss);

        static (TrainingRun, Dictionary<string, float[]>) Once(long seed)
        {
            using var net = SmallNets.Create();
            var options = Quick with { Seed = seed, Epochs = 1 };
            return (new Trainer(net, Train.First(500), Validation.First(100), options).Fit(), net.Copy());
        }
    }

    [Fact]
    public void The_learning_rate_rises_to_its_maximum_and_falls_to_nearly_nothing()
    {
        using var net = SmallNets.Create();

        var options = Quick with { WarmUp = 0.25 };
        var rates = new Trainer(net, Train.First(1000), Validation.First(100), options)
            .Fit()
            .Steps.Select(step => step.LearningRate)
            .ToList();

        Assert.Equal(options.LearningRate / 25, rates[0], 1e-9);
        Assert.Equal(options.LearningRate, rates.Max(), 1e-9);
        Assert.Equal(9, rates.IndexOf(rates.Max()));
        Assert.Equal(options.LearningRate / 25e4, rates[^1], 1e-9);
        Assert.Equal(rates[..10], rates[..10].Order());
        Assert.Equal(rates[9..], rates[9..].OrderDescending());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_of_a_few_steps_has_finite_learning_rates(int steps)
    {
        using var net = SmallNets.Create();

        var run = new Trainer(
            net,
            Train.First(10 * steps),
            Validation.First(10),
            Quick with
            {
                BatchSize = 10,
                Epochs = 1,
            }
        ).Fit();

        Assert.Equal(steps, run.Steps.Count);
        Assert.All(run.Steps, step => Assert.InRange(step.LearningRate, 1e-9, Quick.LearningRate));
    }

    [Fact]
    public void Weight_decay_shrinks_weights_and_leaves_norms_and_biases_alone()
    {
        // A network that never looks at its own parameters has no gradients: decay is all that could move them.
        using var net = new Indifferent();
        var before = net.Copy();

        new Trainer(net, Train.First(100), Validation.First(50), Quick with { WeightDecay = 0.5, Epochs = 1 }).Fit();

        var after = net.Copy();
        Assert.True(
            after["conv.weight"].Zip(before["conv.weight"]).All(pair => Math.Abs(pair.First) < Math.Abs(pair.Second))
        );
        Assert.Equal(before["conv.bias"], after["conv.bias"]);
        Assert.Equal(before["norm.weight"], after["norm.weight"]);
        Assert.Equal(before["norm.bias"], after["norm.bias"]);
    }

    [Fact]
    public void Interrupted_training_leaves_the_network_as_it_was_after_the_last_step()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        Dictionary<string, float[]>? atLastStep = null;
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 5)
            {
                atLastStep = net.Copy();
                stop.Cancel();
            }
        });

        var run = new Trainer(net, Train.First(1000), Validation.First(100), Quick).Fit(observer, stop.Token);

        Assert.Equal((true, 5, 0, null), (run.Interrupted, run.Steps.Count, run.Epochs.Count, run.Top1));
        atLastStep!.AssertSame(net.Copy());
        Assert.False(net.training);
        Assert.Equal(100, Evaluator.Evaluate(net, Validation.First(100)).Predictions.Count);
    }

    [Fact]
    public void Observers_are_told_what_happens_in_its_order_and_see_the_weights_that_were_evaluated()
    {
        using var net = SmallNets.Create();
        var (told, weights) = (new Noted(), new Dictionary<string, float[]>());
        var top1 = double.NaN;
        told.At["Evaluated"] = () =>
        {
            weights["evaluated"] = net.Copy()["conv.weight"];
            top1 = Evaluator.Evaluate(net, Validation.First(50)).Top1;
        };
        told.At["EpochDone"] = () => weights["after"] = net.Copy()["conv.weight"];

        var options = Quick with { Epochs = 1, BatchSize = 50, ModelEmaDecay = 0.9 };
        var run = new Trainer(net, Train.First(100), Validation.First(50), options) { Observers = [told] }.Fit();

        Assert.Equal(["Started", "StepDone", "StepDone", "Evaluated", "EpochDone", "Ended Finished"], told.Calls);
        Assert.Equal(run.Epochs[0].Top1, top1);
        Assert.Equal(
            run.Epochs[0].Weights == EvaluatedWeights.Average,
            !weights["after"].SequenceEqual(weights["evaluated"])
        );
        Assert.Equal(run.Epochs, told.Epochs);
    }

    [Fact]
    public void Observers_are_told_that_a_run_failed_or_was_interrupted()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var (interrupted, failed) = (new Noted(), new Noted());
        interrupted.At["StepDone"] = stop.Cancel;
        failed.At["StepDone"] = () => throw new TResNetException("The observer gave up.");

        new Trainer(net, Train.First(500), Validation.First(50), Quick) { Observers = [interrupted] }.Fit(
            cancel: stop.Token
        );
        Assert.Throws<TResNetException>(() =>
            new Trainer(net, Train.First(500), Validation.First(50), Quick) { Observers = [failed] }.Fit()
        );

        Assert.Equal(["Started", "StepDone", "Ended Interrupted"], interrupted.Calls);
        Assert.Equal(["Started", "StepDone", "Ended Failed"], failed.Calls);
    }

    private sealed class Noted : ITrainingObserver
    {
        public List<string> Calls { get; } = [];

        public IReadOnlyList<EpochResult> Epochs { get; private set; } = [];

        public Dictionary<string, Action> At { get; } = [];

        public void Started(TrainingSession run) => Note(nameof(Started));

        public void StepDone(TrainingSession run) => Note(nameof(StepDone));

        public void Evaluated(TrainingSession run) => Note(nameof(Evaluated));

        public void EpochDone(TrainingSession run) => Note(nameof(EpochDone));

        public void Ended(TrainingSession run, TrainingEnd end)
        {
            Epochs = run.Epochs;
            Calls.Add($"Ended {end}");
        }

        private void Note(string call)
        {
            Calls.Add(call);
            At.GetValueOrDefault(call)?.Invoke();
        }
    }

    [Fact]
    public void Interrupting_an_evaluation_keeps_the_steps()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 20)
            {
                stop.Cancel();
            }
        });

        var run = new Trainer(net, Train.First(1000), Validation, Quick with { Epochs = 1 }).Fit(observer, stop.Token);

        Assert.Equal((true, 20, 0), (run.Interrupted, run.Steps.Count, run.Epochs.Count));
    }

    [Fact]
    public void A_diverging_run_stops_with_one_sentence_and_finite_weights()
    {
        using var net = SmallNets.Create();
        var options = Quick with { LearningRate = 100, Momentum = 0.99, WeightDecay = 1, WarmUp = 0.05, Epochs = 20 };

        var message = Assert
            .Throws<TResNetException>(() => new Trainer(net, Train.First(500), Validation.First(50), options).Fit())
            .Message;

        Assert.Matches(
            @"^The loss became (NaN|-?Infinity) at step \d+ of 200, where the learning rate was [\d.E+-]+(; .+ is the first layer that gives no finite numbers)?; train again with a learning rate below 100\.$",
            message
        );
    }

    [Fact]
    public void Images_of_another_size_give_one_sentence_before_the_first_step()
    {
        using var net = nn.Sequential(("flat", nn.Flatten()), ("fc", nn.Linear(1024, 10)));

        var message = Assert.Throws<TResNetException>(() => new Trainer(net, Train, Validation).Fit()).Message;

        Assert.Matches(
            @"^Sequential does not take images of 1 x 28 x 28 \(.+\); choose the size and the channels it was made for\.$",
            message
        );
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Images_of_33_pixels_give_the_networks_own_sentence()
    {
        using var net = Models.Create("tresnet_nano", numClasses: 10, inChans: 1);

        Assert.Equal(
            "The input is 33x33 pixels, and tresnet_nano takes sides that are multiples of 2: use 34.",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, Train.FitTo(1, 33, 33), Validation.FitTo(1, 33, 33)).Fit()
                )
                .Message
        );
    }

    [Fact]
    public void A_network_with_other_classes_gives_one_sentence()
    {
        using var net = SmallNets.Create(classes: 1000);

        Assert.Equal(
            "Sequential answers with 1000 values, but Fashion-MNIST 10k (train) has 10 classes; create it with numClasses: 10.",
            Assert.Throws<TResNetException>(() => new Trainer(net, Train, Validation).Fit()).Message
        );
    }

    [Fact]
    public void Wrong_options_give_one_sentence_before_anything_happens()
    {
        using var net = SmallNets.Create();

        Assert.StartsWith(
            "The batch size is 0,",
            Assert
                .Throws<TResNetException>(() => new Trainer(net, Train, Validation, Quick with { BatchSize = 0 }))
                .Message
        );
    }

    private sealed class Indifferent : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv = nn.Conv2d(1, 10, 1);
        private readonly BatchNorm2d norm = nn.BatchNorm2d(10);

        public Indifferent()
            : base(nameof(Indifferent))
        {
            manual_seed(1);
            nn.init.normal_(conv.bias!);
            RegisterComponents();
        }

        // The parameters take part, so they have gradients, but all of them are zero.
        public override Tensor forward(Tensor input) => norm.forward(conv.forward(input)).mean([2, 3]) * 0;
    }
}
