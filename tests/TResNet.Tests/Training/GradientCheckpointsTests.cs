using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Blocks that are computed again in backward give the same run to the bit, for less memory.</summary>
public sealed class GradientCheckpointsTests
{
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 1,
        BatchSize = 8,
        LearningRate = 0.05,
        ClipGrad = 1,
    };

    public static TheoryData<string> Networks =>
        [
            "tresnet_nano",
            "tresnet_nano + drop_path=0.5",
            "resnet18",
            "resnet18 + drop_path=0.4",
            "regnety_002",
            "resnetv2_50",
            "mobilenetv2_100",
            "efficientnet_b0",
            "mixnet_s",
            "skresnet50",
        ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_run_has_the_same_losses_weights_and_statistics(string name)
    {
        var (plain, losses) = Run(name, Recipe);
        var (again, sameLosses) = Run(name, Recipe with { GradCheckpointing = true });

        Assert.Equal(losses, sameLosses);
        plain.AssertSame(again);
    }

    [Theory]
    [InlineData("bfloat16")]
    [InlineData("accumulation")]
    [InlineData("frozen")]
    [InlineData("features")]
    public void It_goes_with_what_else_changes_a_step(string kind)
    {
        var options = kind switch
        {
            "bfloat16" => Recipe with { ComputeType = ComputeType.BFloat16 },
            "accumulation" => Recipe with { GradAccumSteps = 2, ModelEmaDecay = 0.9 },
            "frozen" => Recipe with { Freeze = "layer1" },
            _ => Recipe with { Freeze = "features" },
        };
        var (plain, losses) = Run("tresnet_nano + drop_path=0.5", options);
        var (again, sameLosses) = Run("tresnet_nano + drop_path=0.5", options with { GradCheckpointing = true });

        Assert.Equal(losses, sameLosses);
        plain.AssertSame(again);
    }

    [Fact]
    public void Blocks_are_computed_twice_and_keep_their_input_alone()
    {
        manual_seed(1);
        using var model = Models.Create("resnet18", numClasses: 10);
        model.train();
        var calls = 0;
        var inner = 0;
        var block = model.named_modules().First(m => m.name == "layer1.0").module;
        ((nn.Module<Tensor, Tensor>)block).register_forward_hook(
            (_, _, output) =>
            {
                calls++;
                inner += output.requires_grad ? 1 : 0;
                return output;
            }
        );
        var checkpoints = new GradientCheckpoints(model, ComputeType.Float32);
        var logits = checkpoints.Forward(rand(2, 3, 64, 64), 1);
        Assert.Equal((1, 0), (calls, inner));

        logits.sum().backward();
        Assert.Null(model.get_parameter("layer1.0.conv1.weight")!.grad);
        checkpoints.Backward();

        Assert.Equal((2, 1), (calls, inner));
        Assert.All(model.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    [Fact]
    public void Modules_without_blocks_are_refused()
    {
        using var net = SmallNets.Create();
        var data = FashionMnist.Load(FashionMnistSplit.Train).First(16);
        Assert.Contains(
            "leave gradient checkpointing out",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(net, data, data, Recipe with { GradCheckpointing = true }).Fit()
                )
                .Message
        );
    }

    private static (Dictionary<string, float[]> Weights, double[] Losses) Run(string name, TrainingOptions options)
    {
        manual_seed(1);
        using var model = Models.Create(name, numClasses: 10);
        var train = FashionMnist.Load(FashionMnistSplit.Train).First(16).FitTo(model.InChans, 32, 32);
        var validation = FashionMnist.Load(FashionMnistSplit.Validation).First(4).FitTo(model.InChans, 32, 32);
        var run = new Trainer(model, train, validation, options).Fit();
        return (model.Copy(), [.. run.Steps.Select(step => step.Loss)]);
    }
}
