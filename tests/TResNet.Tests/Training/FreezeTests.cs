using TorchSharp;
using TResNet.Building;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Weights;
using static TorchSharp.torch;
using static TResNet.Tests.Training.SmallNets;

namespace TResNet.Tests.Training;

/// <summary>What is frozen stays as it is to the bit, the rest learns, and a run that goes on does the same.</summary>
public sealed class FreezeTests : IDisposable
{
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 2,
        BatchSize = 8,
        LearningRate = 0.01,
        ModelEmaDecay = 0.9,
        ClipGrad = 1,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [InlineData("tresnet_nano", "layer2", "body.layer3.0.conv1.conv.weight")]
    [InlineData("tresnet_nano", "body.layer1", "body.layer2.0.conv1.conv.weight")]
    [InlineData("tresnet_nano", "stem", null)]
    [InlineData("resnet18", "stem", "layer1.0.conv1.weight")]
    [InlineData("resnet18", "bn1", "layer1.0.conv1.weight")]
    [InlineData("resnet18", "layer4", "fc.weight")]
    [InlineData("regnetx_002", "s2", "s3.b1.conv1.conv.weight")]
    [InlineData("resnetv2_50", "stages.3", "norm.weight")]
    [InlineData("mobilenetv2_100", "blocks.3", "blocks.4.0.conv_pw.weight")]
    [InlineData("mobilenetv2_100", "blocks", "conv_head.weight")]
    [InlineData("efficientnet_b0", "features", "classifier.weight")]
    public void What_is_frozen_stays_to_the_bit(string name, string stage, string? firstToLearn)
    {
        using var model = Create(name);
        var (train, validation) = Clothes(model, 32, 16);
        var before = model.Copy();
        var trained = Array.Empty<string>();
        var whileTraining = new AtStart(() =>
            trained = [.. model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)]
        );

        new Trainer(model, train, validation, Recipe with { Epochs = 1, Freeze = stage })
        {
            Observers = [whileTraining],
        }.Fit();

        Assert.NotEmpty(trained);
        if (firstToLearn is not null)
        {
            Assert.Equal(firstToLearn, trained[0]);
        }

        var first = model.named_parameters().Select(p => p.name).ToList().IndexOf(trained[0]);
        Assert.True(first > 0);
        Assert.Equal(model.named_parameters().Skip(first).Select(p => p.name), trained);
        var after = model.Copy();
        var names = before.Keys.ToList();
        var held = names.Take(names.IndexOf(trained[0])).ToArray();
        Assert.All(held, each => Assert.True(before[each].AsSpan().SequenceEqual(after[each]), each));
        // Behind the zeros that residual branches begin with, norms hardly move in four steps; weights decay.
        Assert.All(
            trained.Where(each => model.get_parameter(each)!.dim() > 1),
            each => Assert.False(before[each].AsSpan().SequenceEqual(after[each]), each)
        );
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void What_follows_learns_as_it_does_behind_constant_features()
    {
        using var model = Create("resnet18");
        using var other = Create("resnet18");
        var (train, validation) = Clothes(model, 32, 16);
        var options = Recipe with { Epochs = 1, Freeze = "features", ModelEmaDecay = 0, ClipGrad = 0 };
        var run = new Trainer(model, train, validation, options).Fit();

        // The same by hand: features of a network in evaluation, a head, and plain SGD.
        other.eval();
        var head = (TorchSharp.Modules.Linear)other.named_modules().First(m => m.name == "fc").module;
        var rates = new LearningRateSchedule(options, 4);
        using var sgd = optim.SGD(head.parameters(), 0.01, 0.9, nesterov: true);
        var first = new List<double>();
        foreach (var (i, batch) in new BatchSampler(32, 8, options.Seed).Epoch(1).Index())
        {
            var (images, labels) = train.GetTrainingBatch(batch, 1);
            Tensor features;
            using (no_grad())
            {
                features = other.forward_features(images);
            }

            var loss = Losses.Of(other.forward_head(features), labels, options, false);
            first.Add(loss.item<float>());
            head.zero_grad();
            loss.backward();
            sgd.ParamGroups.First().LearningRate = rates.At(i + 1);
            head.weight.grad!.add_(head.weight.detach(), alpha: options.WeightDecay);
            sgd.step();
        }

        Assert.Equal(first, run.Steps.Select(step => step.Loss), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void A_frozen_run_goes_on_with_the_same_bits_and_what_it_keeps_is_whole()
    {
        var options = Recipe with { Freeze = "layer2" };
        using var unbroken = Create("tresnet_nano");
        var (train, validation) = Clothes(unbroken, 32, 16);
        var whole = new Trainer(unbroken, train, validation, options).Fit();

        using var stopped = Create("tresnet_nano");
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 6)
            {
                stop.Cancel();
            }
        });
        Assert.True(
            new Trainer(stopped, train, validation, options, RunFolder.New(path)).Fit(observer, stop.Token).Interrupted
        );
        using var resumed = Create("tresnet_nano", seed: 9);
        var rest = new Trainer(resumed, train, validation, options, RunFolder.Resume(path)).Fit();

        Assert.Equal(whole.Steps, rest.Steps);
        unbroken.Copy().AssertSame(resumed.Copy());
        using var kept = Create("tresnet_nano", seed: 11);
        Checkpoint.Load(kept, Path.Combine(path, "best.safetensors"));
        Assert.Equal(rest.Best!.Top1, Evaluator.Evaluate(kept, validation).Top1);
        Assert.Contains(
            "another Freeze: layer2 there, layer1 here",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(
                        resumed,
                        train,
                        validation,
                        options with
                        {
                            Freeze = "layer1",
                        },
                        RunFolder.Resume(path)
                    ).Fit()
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("resnet18", "layer5", "stem, layer1, layer2, layer3, layer4, features")]
    [InlineData("tresnet_nano", "fc", "stem, layer1, layer2, layer3")]
    [InlineData("tresnet_nano", "", "stem, layer1")]
    [InlineData("resnet18", "layer4.1", "stem, layer1")]
    [InlineData("mobilenetv2_100", "layer1", "stem, blocks.0, blocks.1")]
    public void A_stage_that_is_not_there_is_refused_with_those_that_are(string name, string stage, string stages)
    {
        using var model = Create(name);
        var (train, validation) = Clothes(model, 16, 16);

        var refusal = Assert.Throws<TResNetException>(() =>
            new Trainer(model, train, validation, Recipe with { Freeze = stage }).Fit()
        );

        Assert.StartsWith($"{name} has no stage '{stage}' to freeze: take one of {stages}", refusal.Message);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Modules_without_stages_are_refused()
    {
        using var net = SmallNets.Create();
        var (train, validation) = (
            FashionMnist.Load(FashionMnistSplit.Train).First(32),
            FashionMnist.Load(FashionMnistSplit.Validation).First(16)
        );

        Assert.Contains(
            "is no network of this library",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, train, validation, Recipe with { Freeze = "conv" }).Fit()
                )
                .Message
        );
        Assert.Contains(
            "has no head to begin with other weights",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, train, validation, Recipe with { HeadInitScale = 0.1 }).Fit()
                )
                .Message
        );
    }

    [Theory]
    [InlineData("tresnet_nano", "head.fc")]
    [InlineData("resnetv2_50", "head.fc")]
    [InlineData("mobilenetv2_100", "classifier")]
    public void The_head_begins_with_scaled_weights_and_a_bias(string name, string head)
    {
        using var model = Create(name);
        var (train, validation) = Clothes(model, 16, 16);
        var before = model.get_parameter($"{head}.weight")!.detach().clone();
        Tensor[] atStart = [];
        var options = Recipe with { HeadInitScale = 0.25, HeadInitBias = -2, Loss = LossKind.BinaryCrossEntropy };

        new Trainer(model, train, validation, options)
        {
            Observers =
            [
                new AtStart(() =>
                    atStart = [
                        .. new[] { "weight", "bias" }.Select(part =>
                            model.get_parameter($"{head}.{part}")!.detach().clone()
                        ),
                    ]
                ),
            ],
        }.Fit();

        Assert.True(atStart[0].eq(before * 0.25).all().item<bool>());
        Assert.True(atStart[1].eq(-2).all().item<bool>());
    }

    [Fact]
    public void A_first_bias_that_does_nothing_is_refused()
    {
        Assert.Contains(
            "means nothing to cross entropy",
            Assert.Throws<TResNetException>(() => (Recipe with { HeadInitBias = 1 }).Validate()).Message
        );
        using var model = Create("tresnet_nano");
        var (train, validation) = Clothes(model, 16, 16);
        Assert.Contains(
            "means nothing to the asymmetric loss of one label",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(
                        model,
                        train,
                        validation,
                        Recipe with
                        {
                            HeadInitBias = 1,
                            Loss = LossKind.Asymmetric,
                        }
                    ).Fit()
                )
                .Message
        );
        Assert.StartsWith(
            "The scale of the classifier's first weights is NaN",
            Assert.Throws<TResNetException>(() => (Recipe with { HeadInitScale = double.NaN }).Validate()).Message
        );
    }

    private sealed class AtStart(Action told) : ITrainingObserver
    {
        public void Started(TrainingSession run) => told();
    }
}
