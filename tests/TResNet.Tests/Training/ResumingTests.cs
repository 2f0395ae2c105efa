using System.Text.Json;
using TorchSharp;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Layers;
using TResNet.Training;
using TResNet.Weights;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>A run that was stopped goes on as if it had not been.</summary>
public sealed class ResumingTests : IDisposable
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(300);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(100);
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 3,
        BatchSize = 20,
        LearningRate = 0.02,
        Flip = true,
        Shift = 2,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public static TheoryData<string, int> Stops
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (
                var kind in new[]
                {
                    "plateau",
                    "cycle",
                    "milestones",
                    "RMSpropTF",
                    "Momentum",
                    "Adam",
                    "NAdam",
                    "RAdam",
                    "Lion",
                    "Lamb",
                }
            )
            {
                data.Add(kind, 16);
            }

            foreach (var recipe in new[] { "SGD", "AdamW", "RMSprop", "everything", "bfloat16", "scaled", "decoder" })
            {
                // In the middle of an epoch, right before an evaluation, right after one.
                data.Add(recipe, 7);
                data.Add(recipe, recipe == "everything" ? 5 : 15);
                data.Add(recipe, recipe == "everything" ? 6 : 16);
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [MemberData(nameof(Stops))]
    public void A_resumed_run_ends_with_the_same_bits(string recipe, int stopAfter)
    {
        var options = recipe switch
        {
            "AdamW" => Recipe with
            {
                Optimizer = OptimizerKind.AdamW,
                LearningRate = 1e-3,
                Scheduler = SchedulerKind.Cosine,
            },
            "RMSprop" => Recipe with
            {
                Optimizer = OptimizerKind.RMSprop,
                LearningRate = 1e-3,
                Scheduler = SchedulerKind.Step,
            },
            "everything" => Recipe with { GradAccumSteps = 3, ModelEmaDecay = 0.9, ClipGrad = 1 },
            "plateau" => Recipe with { Scheduler = SchedulerKind.Plateau, PatienceEpochs = 0, DecayRate = 0.5 },
            "cycle" => Recipe with { CycleMomentum = true },
            "milestones" => Recipe with { Scheduler = SchedulerKind.MultiStep, DecayMilestones = [1, 2] },
            _ when Enum.TryParse<OptimizerKind>(recipe, out var kind) && kind != OptimizerKind.SGD => Recipe with
            {
                Optimizer = kind,
                LearningRate = 1e-3,
            },
            "scaled" => Recipe with { LearningRate = 1e-4 },
            "bfloat16" => Recipe with { ComputeType = ComputeType.BFloat16, ClipGrad = 1 },
            _ => Recipe,
        };
        // Gradients overflow at first, and again whenever the scale has grown.
        nn.Module<Tensor, Tensor> Begin(long seed = 1) => recipe == "decoder" ? Decoding(seed) : Dropping(seed);
        nn.Module<Tensor, Tensor> Started() => recipe == "scaled" ? Begin().WithLargeGradients() : Begin();
        LossScale? Scale() => recipe == "scaled" ? new LossScale(Math.Pow(2, 127), growthInterval: 3) : null;
        using var unbroken = Started();
        var whole = new Trainer(unbroken, Train, Validation, options) { Scale = Scale() }.Fit();

        using var stopped = Started();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == stopAfter && report.Completed is null)
            {
                stop.Cancel();
            }
        });
        var first = new Trainer(stopped, Train, Validation, options, RunFolder.New(path)) { Scale = Scale() }.Fit(
            observer,
            stop.Token
        );
        Assert.Equal((true, stopAfter), (first.Interrupted, first.Steps.Count));

        var before = RunFolder.Resume(path).Describe().Duration;
        using var resumed = Begin(seed: 99);
        var second = new Trainer(resumed, Train, Validation, options, RunFolder.Resume(path)) { Scale = Scale() }.Fit();

        unbroken.Copy().AssertSame(resumed.Copy());
        Assert.Equal(whole.Steps, second.Steps);
        Assert.Equal(
            whole.Epochs.Select(e => (e.ValidationLoss, e.Top1)),
            second.Epochs.Select(e => (e.ValidationLoss, e.Top1))
        );
        // Its time is added to what the state says, which is less than all that the first took.
        Assert.InRange(before, TimeSpan.FromTicks(1), first.Duration);
        Assert.True(second.Duration > before);
    }

    [Fact]
    public void A_folder_keeps_the_newest_states_the_last_weights_and_the_best()
    {
        using var net = Dropping();
        var run = new Trainer(net, Train, Validation, Recipe with { Epochs = 5 }, RunFolder.New(path, keep: 2)).Fit();

        string[] files = [.. Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)!).Order()];
        Assert.Equal(
            ["best.safetensors", "last.safetensors", "state-00000060.safetensors", "state-00000075.safetensors"],
            files.Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal))
        );
        using var last = Dropping(seed: 5);
        Checkpoint.Load(last, Path.Combine(path, "last.safetensors"));
        net.Copy().AssertSame(last.Copy());
        using var best = Dropping(seed: 5);
        Checkpoint.Load(best, Path.Combine(path, "best.safetensors"));
        Assert.Equal(run.Epochs.Max(e => e.Top1), Evaluator.Evaluate(best, Validation).Top1);
    }

    [Fact]
    public void A_finished_run_has_nothing_left_to_do()
    {
        using var net = Dropping();
        var options = Recipe with { Epochs = 1 };
        var first = new Trainer(net, Train, Validation, options, RunFolder.New(path)).Fit();
        using var again = Dropping(seed: 5);

        var second = new Trainer(again, Train, Validation, options, RunFolder.Resume(path)).Fit();

        Assert.Equal(first.Steps, second.Steps);
        net.Copy().AssertSame(again.Copy());
    }

    [Theory]
    [InlineData(SchedulerKind.OneCycle)]
    [InlineData(SchedulerKind.Cosine)]
    [InlineData(SchedulerKind.Step)]
    public void A_finished_run_becomes_longer_with_the_longer_schedule_from_there_on(SchedulerKind scheduler)
    {
        var options = Recipe with { Scheduler = scheduler, ModelEmaDecay = 0.9, FirstSize = 0.7 };
        var longer = options with { Epochs = 5 };
        using var whole = Dropping();
        var rates = new Trainer(whole, Train, Validation, longer).Fit().Steps.Select(step => step.LearningRate);
        using var net = Dropping();
        var first = new Trainer(net, Train, Validation, options with { Epochs = 2 }, RunFolder.New(path)).Fit();

        using var stop = new CancellationTokenSource();
        using var stopped = Dropping(seed: 4);
        new Trainer(stopped, Train, Validation, longer, RunFolder.Resume(path, keep: 9)).Fit(
            new Observer<TrainingProgress>(report =>
            {
                if (report.Step == 47)
                {
                    stop.Cancel();
                }
            }),
            stop.Token
        );
        using var parted = Dropping(seed: 5);
        var second = new Trainer(parted, Train, Validation, longer, RunFolder.Resume(path, keep: 9)).Fit();

        Assert.False(second.Interrupted);
        Assert.Equal(first.Steps, second.Steps.Take(30));
        Assert.Equal(rates.Skip(30), second.Steps.Skip(30).Select(step => step.LearningRate));
        var error = Assert.Throws<TResNetException>(() =>
            new Trainer(parted, Train, Validation, options, RunFolder.Resume(path)).Fit()
        );
        Assert.Contains("another Epochs: 5 there, 3 here", error.Message, StringComparison.Ordinal);

        foreach (var late in Directory.EnumerateFiles(path, "state-*").Where(file => !file.Contains("00000030")))
        {
            File.Delete(late);
        }

        using var atOnce = Dropping(seed: 6);
        new Trainer(atOnce, Train, Validation, longer, RunFolder.Resume(path)).Fit();
        parted.Copy().AssertSame(atOnce.Copy());
    }

    [Fact]
    public void A_state_is_written_now_and_then_within_an_epoch_too()
    {
        using var net = Dropping();
        var seen = new List<int>();
        var observer = new Observer<TrainingProgress>(report =>
            seen.Add(Directory.Exists(path) ? Directory.EnumerateFiles(path, "state-*").Count() : 0)
        );

        new Trainer(
            net,
            Train,
            Validation,
            Recipe with
            {
                Epochs = 1,
            },
            RunFolder.New(path, saveEvery: TimeSpan.FromTicks(1))
        ).Fit(observer);

        Assert.Equal([0, 1, 2, 3, 3], seen[..5]);
    }

    [Fact]
    public void Another_recipe_network_or_data_set_is_refused_by_name()
    {
        using var net = Dropping();
        new Trainer(net, Train, Validation, Recipe with { Epochs = 1 }, RunFolder.New(path)).Fit();
        string Refused(ImageDataset train, TrainingOptions options) =>
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, train, Validation, options, RunFolder.Resume(path)).Fit()
                )
                .Message;

        Assert.EndsWith(
            "state-00000015.safetensors is of a run with another LearningRate: 0.02 there, 0.5 here; resume with the same, or start a new run.",
            Refused(Train, Recipe with { Epochs = 1, LearningRate = 0.5 }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "another DecayMilestones: 90, 180, 270 there, 3, 5 here;",
            Refused(Train, Recipe with { Epochs = 1, DecayMilestones = [3, 5] }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "another training images: Fashion-MNIST 10k (train), 300 images of 1 x 28 x 28, 10 classes there, Fashion-MNIST 10k (train), 200 images",
            Refused(Train.First(200), Recipe with { Epochs = 1 }),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            $"There is a run in {path} already:",
            Assert.Throws<TResNetException>(() => RunFolder.New(path)).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "There is no run to resume in nowhere:",
            Assert.Throws<TResNetException>(() => RunFolder.Resume("nowhere")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Flips_of_an_earlier_version_go_on_by_themselves_and_beside_no_others()
    {
        using var net = Dropping();
        new Trainer(net, Train, Validation, Recipe with { Epochs = 1 }, RunFolder.New(path)).Fit();
        var options = RunFolder.Resume(path).Describe().Options;
        var source = FashionMnist.LoadSource(FashionMnistSplit.Train);
        var flipped = new TransformedDataset(source, 28, new Augmentations(), Normalize.ZeroToOne);

        Assert.Equal((true, 2), (options.Flip, options.Shift));
        Assert.Contains(
            "another Flip: True there, False here",
            Refused(Train, options with { Flip = false }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "goes on with them by itself: leave out these, and all other augmentations.",
            Refused(flipped.FitTo(1, 28, 28).First(300), options),
            StringComparison.Ordinal
        );

        string Refused(ImageDataset train, TrainingOptions options) =>
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, train, Validation, options, RunFolder.Resume(path)).Fit()
                )
                .Message;
    }

    [Fact]
    public void States_keep_the_names_that_augmentations_had_first()
    {
        const string json =
            """{"LeastCrop":0.35,"Flip":0.4,"Policy":"original","ColorJitter":0,"Cutout":0.5,"Erasing":0.4,"ErasingFill":1,"Mixup":0.2,"Cutmix":0.1}""";
        var changes = new Augmentations
        {
            Scale = (0.35, 1),
            HFlip = 0.4,
            AutoAugment = "original",
            Cutout = 0.5,
            RandomErasing = 0.4,
            ErasingFill = ErasingFill.Color,
            Mixup = 0.2,
            Cutmix = 0.1,
        };

        Assert.Equal(changes, JsonSerializer.Deserialize<Augmentations>(json));

        var others = changes with { Scale = (0.2, 0.9), Shift = 3 };
        Assert.Equal(others, JsonSerializer.Deserialize<Augmentations>(JsonSerializer.Serialize(others)));
        Assert.Contains("\"LeastCrop\":0.2", JsonSerializer.Serialize(others), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_state_gives_one_sentence()
    {
        using var net = Dropping();
        var options = Recipe with { Epochs = 1 };
        new Trainer(net, Train, Validation, options, RunFolder.New(path)).Fit();
        var state = Directory.EnumerateFiles(path, "state-*").Single();
        var bytes = File.ReadAllBytes(state);
        foreach (var length in new[] { 0, 4, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(state, bytes[..length]);
            var message = Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, Train, Validation, options, RunFolder.Resume(path)).Fit()
                )
                .Message;
            Assert.DoesNotContain('\n', message);
            Assert.Contains("state-00000015.safetensors", message, StringComparison.Ordinal);
        }
    }

    /// <summary>A network with dropout, so that random draws matter, and a convolution whose weights have an order in memory to lose.</summary>
    private static nn.Module<Tensor, Tensor> Dropping(long seed = 1)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("conv", nn.Conv2d(1, 4, 3, stride: 2, padding: 1)),
            ("norm", nn.BatchNorm2d(4)),
            ("act", nn.ReLU()),
            ("conv2", nn.Conv2d(4, 4, 3, padding: 1)),
            ("pool", nn.AdaptiveAvgPool2d(4)),
            ("flat", nn.Flatten()),
            ("drop", nn.Dropout(0.3)),
            ("fc", nn.Linear(64, 10))
        );
    }

    /// <summary>A network whose head draws too, and has parameters that are not trained.</summary>
    private static nn.Module<Tensor, Tensor> Decoding(long seed)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("conv", nn.Conv2d(1, 4, 3, stride: 4, padding: 1)),
            ("norm", nn.BatchNorm2d(4)),
            ("head", new MLDecoder(4, 10, new MLDecoderOptions(NumOfGroups: 4, DecoderEmbedding: 16)))
        );
    }
}
