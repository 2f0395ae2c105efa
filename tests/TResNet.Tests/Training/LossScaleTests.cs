using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>A scaled loss changes no weight, unless its gradients overflow: then the step is left out.</summary>
public sealed class LossScaleTests
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(200);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(50);
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 2,
        BatchSize = 20,
        LearningRate = 0.05,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void A_scaled_run_ends_with_the_bits_of_an_unscaled_one(double clip)
    {
        var options = Recipe with { ClipGrad = clip, GradAccumSteps = 2 };
        using var plain = SmallNets.Create();
        using var scaled = SmallNets.Create();
        var scale = new LossScale(growthInterval: 4);

        var expected = new Trainer(plain, Train, Validation, options).Fit();
        var run = new Trainer(scaled, Train, Validation, options) { Scale = scale }.Fit();

        plain.Copy().AssertSame(scaled.Copy());
        Assert.Equal(expected.Steps, run.Steps);
        Assert.Equal(new LossScaleState(65536 * 4, 2), scale.State);
    }

    [Fact]
    public void An_overflow_leaves_out_the_step_and_halves_the_scale_until_training_goes_on()
    {
        using var net = SmallNets.Create().WithLargeGradients();
        var before = net.Copy();
        var scale = new LossScale(Math.Pow(2, 127));
        var scales = new List<double>();
        var untouched = new List<bool>();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Completed is null && report.Step <= 20)
            {
                scales.Add(scale.State.Scale);
                untouched.Add(net.Copy()["conv.weight"].SequenceEqual(before["conv.weight"]));
            }
        });

        var run = new Trainer(net, Train, Validation, Recipe with { LearningRate = 1e-4 }) { Scale = scale }.Fit(
            observer
        );

        Assert.Equal(Math.Pow(2, 126), scales[0]);
        Assert.True(untouched[0]);
        Assert.True(run.Steps[^1].Loss < run.Steps[0].Loss);
        Assert.False(untouched[^1]);
        Assert.All(net.Copy().Values, values => Assert.All(values, value => Assert.True(float.IsFinite(value))));

        // A step is left out where, and only where, the scale halved.
        for (var step = 1; step < scales.Count && untouched[step]; step++)
        {
            Assert.Equal(scales[step - 1] / 2, scales[step]);
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void One_gradient_that_is_not_finite_is_enough(float bad)
    {
        using var scope = NewDisposeScope();
        var (whole, broken) = (WithGradient(8, 16), WithGradient(8, bad));
        var scale = new LossScale(8, growthInterval: 2);

        Assert.True(scale.Unscale([whole]));
        Assert.Equal([1f, 2f], whole.grad!.data<float>().ToArray());
        Assert.Equal(new LossScaleState(8, 1), scale.State);

        Assert.False(scale.Unscale([whole, broken]));
        Assert.Equal(new LossScaleState(4, 0), scale.State);

        Assert.True(scale.Unscale([whole]));
        Assert.True(scale.Unscale([whole]));
        Assert.Equal(new LossScaleState(8, 0), scale.State);
    }

    [Fact]
    public void Gradients_that_are_undefined_at_every_scale_stop_training()
    {
        using var scope = NewDisposeScope();
        var broken = WithGradient(float.NaN, 1);
        var scale = new LossScale();

        var message = Assert
            .Throws<TResNetException>(() =>
            {
                for (var step = 0; step < 100; step++)
                {
                    scale.Unscale([broken]);
                }
            })
            .Message;

        Assert.Equal(
            "The gradients are infinite or undefined however small the scale of the loss; train with bfloat16, or with a lower learning rate.",
            message
        );
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_a_scaled_run_too()
    {
        using var net = SmallNets.Create();
        using (no_grad())
        {
            net.get_parameter("fc.weight")!.fill_(float.NaN);
        }

        var message = Assert
            .Throws<TResNetException>(() =>
                new Trainer(net, Train, Validation, Recipe) { Scale = new LossScale() }.Fit()
            )
            .Message;

        Assert.StartsWith("The loss became NaN at step 1 of 20", message, StringComparison.Ordinal);
        Assert.Contains("; fc is the first layer that gives no finite numbers;", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Float16_on_a_CPU_is_refused_before_anything_is_written()
    {
        using var net = SmallNets.Create();
        var path = Path.Combine(Path.GetTempPath(), $"tresnet-{Guid.NewGuid():N}");
        var options = Recipe with { ComputeType = ComputeType.Float16 };

        var message = Assert
            .Throws<TResNetException>(() => new Trainer(net, Train, Validation, options, RunFolder.New(path)).Fit())
            .Message;

        Assert.Equal("A CPU does not compute in float16; use bfloat16 there, or a GPU.", message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(path));
        Directory.Delete(path);
    }

    private static Parameter WithGradient(params float[] values)
    {
        var parameter = new Parameter(zeros(values.Length));
        parameter.grad = tensor(values);
        return parameter;
    }
}
