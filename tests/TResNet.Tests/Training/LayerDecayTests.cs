using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Learning rates that fall from the head to the stem, by timm's layers.</summary>
public sealed class LayerDecayTests : IDisposable
{
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 2,
        BatchSize = 8,
        LearningRate = 0.01,
        LayerDecay = 0.5,
        WeightDecay = 0,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    // How many layers there are, and in which from the end some parameters are.
    [Theory]
    [InlineData("resnet18", 10, "conv1.weight 9", "layer1.0.conv1.weight 8", "layer4.1.bn2.bias 1", "fc.weight 0")]
    [InlineData("tresnet_m", 23, "body.conv1.conv.weight 22", "body.layer1.2.conv1.conv.weight 19", "head.fc.bias 0")]
    [InlineData("mobilenetv2_100", 20, "conv_stem.weight 19", "conv_head.weight 1", "classifier.weight 0")]
    [InlineData("regnetx_002", 15, "stem.conv.weight 14", "s4.b7.conv1.conv.weight 1", "head.fc.weight 0")]
    [InlineData("resnetv2_50", 19, "stem.conv.weight 18", "norm.weight 1", "head.fc.weight 0")]
    public void Layers_are_timms(string name, int count, params string[] places)
    {
        using var model = Models.Create(name, 4);
        var rates = Rates(model, Recipe);

        Assert.Equal(count, rates.Values.Distinct().Count());
        foreach (var place in places.Select(each => each.Split(' ')))
        {
            Assert.Equal(Math.Pow(0.5, int.Parse(place[1])), rates[place[0]]);
        }
    }

    [Fact]
    public void No_layer_has_less_than_the_least_part_and_what_is_frozen_counts()
    {
        using var model = Models.Create("resnet18", 4);
        var rates = Rates(model, Recipe with { LayerDecayMinScale = 0.1 });

        Assert.Equal((0.1, 0.125), (rates["layer3.0.conv1.weight"], rates["layer3.1.conv1.weight"]));
        model.get_parameter("conv1.weight")!.requires_grad = false;
        Assert.Equal(0.125, Rates(model, Recipe)["layer3.1.conv1.weight"]);
    }

    [Theory]
    [InlineData(OptimizerKind.Lion)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.RMSpropTF)]
    [InlineData(OptimizerKind.SGD)]
    public void A_step_moves_each_layer_by_its_part_of_the_rate(OptimizerKind kind)
    {
        var (plain, decayed) = (Moved(null), Moved(0.5));

        Assert.Equal(plain["fc.weight"], decayed["fc.weight"], 1e-4);
        Assert.Equal(plain["layer4.1.conv2.weight"] / 2, decayed["layer4.1.conv2.weight"], 1e-3);
        Assert.Equal(plain["layer4.0.conv2.weight"] / 4, decayed["layer4.0.conv2.weight"], 1e-3);

        Dictionary<string, double> Moved(double? decay)
        {
            manual_seed(1);
            using var model = Models.Create("resnet18", 4);
            var before = model.Copy();
            var options = Recipe with { Optimizer = kind, LayerDecay = decay, Momentum = kind.HasMomentum() ? 0.9 : 0 };
            using var optimizer = OptimizerFactory.Create(model, options);
            model.train();
            using var images = rand(8, 3, 64, 64, generator: new Generator(3));
            using var labels = tensor(Enumerable.Range(0, 8).Select(i => (long)i % 4).ToArray());
            new TrainingStep(model, options, optimizer).Run(1, 0.01, [(images, labels)]);
            return before.DistancesTo(model.Copy());
        }
    }

    [Fact]
    public void A_run_that_goes_on_has_the_bits_of_one_that_never_stopped()
    {
        var (train, validation) = Data();
        using var whole = Create();
        new Trainer(whole, train, validation, Recipe with { Optimizer = OptimizerKind.AdamW }).Fit();

        using var first = Create();
        using var stop = new CancellationTokenSource();
        var steps = 0;
        var options = Recipe with { Optimizer = OptimizerKind.AdamW };
        var observer = new Observer<TrainingProgress>(_ =>
        {
            if (++steps == 3)
            {
                stop.Cancel();
            }
        });
        new Trainer(first, train, validation, options, RunFolder.New(path)).Fit(observer, stop.Token);
        using var second = Create();
        new Trainer(second, train, validation, options, RunFolder.Resume(path)).Fit();

        whole.Copy().AssertSame(second.Copy());
    }

    [Fact]
    public void A_network_of_unknown_layers_and_values_that_mean_nothing_are_refused()
    {
        using var net = SmallNets.Create();
        var data = FashionMnist.Load(FashionMnistSplit.Train).First(16);

        Assert.Contains(
            "the order of its layers is not known",
            Assert.Throws<TResNetException>(() => new Trainer(net, data, data, Recipe).Fit()).Message
        );
        Assert.Throws<TResNetException>(() => (Recipe with { LayerDecay = 0 }).Validate());
        Assert.Throws<TResNetException>(() => (Recipe with { LayerDecay = double.NaN }).Validate());
        Assert.Throws<TResNetException>(() => (Recipe with { LayerDecay = null, LayerDecayMinScale = 0.1 }).Validate());
    }

    private static Dictionary<string, double> Rates(nn.Module model, TrainingOptions options)
    {
        var groups = ParameterGroup.Of(model, options);
        return model
            .named_parameters()
            .Where(each => each.parameter.requires_grad)
            .ToDictionary(
                each => each.name,
                each => groups.Single(group => group.Parameters.Any(p => p.Handle == each.parameter.Handle)).Scale
            );
    }

    private static TResNet.Building.Network Create()
    {
        manual_seed(1);
        return Models.Create("tresnet_nano", 10);
    }

    private static (ImageDataset Train, ImageDataset Validation) Data() =>
        (
            FashionMnist.Load(FashionMnistSplit.Train).First(32).FitTo(3, 32, 32),
            FashionMnist.Load(FashionMnistSplit.Validation).First(16).FitTo(3, 32, 32)
        );
}
