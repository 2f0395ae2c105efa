using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class LayerProfilerTests
{
    private static readonly long[] Small = [3, 32, 32];
    private static readonly ThroughputOptions Inference = new()
    {
        BatchSize = 4,
        WarmUp = 0,
        Rounds = 2,
    };

    private static readonly ThroughputOptions Training = Inference with { Mode = ThroughputMode.Training };

    [Fact]
    public void Every_layer_has_its_own_time_and_the_multiply_adds_are_those_of_the_summary()
    {
        using var nano = Models.Create("tresnet_nano");

        var profile = LayerProfiler.Measure(nano, Small, Inference);

        var summary = Summarizer.Summarize(nano, Small);
        Assert.Equal(4 * summary.MultiplyAdds, profile.Layers.Sum(layer => layer.MultiplyAdds));
        Assert.Equal(4 * summary.MultiplyAdds, profile.Kinds.Sum(kind => kind.MultiplyAdds));
        Assert.Equal(("", -1), (profile.Layers[0].Name, profile.Layers[0].Parent));
        Assert.All(profile.Layers, layer => Assert.True(layer.Forward >= 0));
        Assert.All(profile.Layers, layer => Assert.Equal(0, layer.Backward));
        var whole = profile.Layers[0].End - profile.Layers[0].Start;
        Assert.All(profile.Layers, layer => Assert.InRange(layer.End - layer.Start, 0, whole));
        Assert.Equal((0, 0, 0), (profile.Step.Loss, profile.Step.Backward, profile.Step.Optimizer));
        Assert.True(profile.Step.Forward > 0);
        Assert.Equal(
            [
                LayerKind.Convolution,
                LayerKind.Normalization,
                LayerKind.Blur,
                LayerKind.Pooling,
                LayerKind.Attention,
                LayerKind.Sum,
                LayerKind.Rearrangement,
                LayerKind.Linear,
                LayerKind.Other,
            ],
            profile.Kinds.Select(kind => kind.Kind).Order()
        );
    }

    [Fact]
    public void Own_times_add_up_to_the_pass_they_are_from()
    {
        using var nano = Models.Create("tresnet_nano");

        var profile = LayerProfiler.Measure(nano, Small, Inference with { Rounds = 1 });

        var whole = profile.Layers[0].End - profile.Layers[0].Start;
        Assert.Equal(whole, profile.Layers.Sum(layer => layer.Forward), whole * 1e-6);
    }

    [Fact]
    public void In_training_layers_have_backward_too_and_loss_and_optimiser_are_parts()
    {
        using var nano = Models.Create("tresnet_nano");

        var profile = LayerProfiler.Measure(nano, Small, Training);

        Assert.All(
            profile.Layers.Where(layer =>
                layer.Kind is LayerKind.Convolution or LayerKind.Linear or LayerKind.Attention
            ),
            layer => Assert.True(layer.Backward > 0)
        );
        Assert.True(profile.Step is { Loss: > 0, Backward: > 0, Optimizer: > 0 });
        Assert.Equal(
            profile.Layers.Sum(layer => layer.Seconds) + profile.Step.Loss + profile.Step.Optimizer,
            profile.PartSeconds,
            1e-12
        );
        var first = profile.Layers.First(layer => layer.Kind == LayerKind.Convolution);
        Assert.Equal(first.ForwardWork.Operations, first.BackwardWork.Operations);
        var second = profile.Layers.Where(layer => layer.Kind == LayerKind.Convolution).ElementAt(1);
        Assert.Equal(2 * second.ForwardWork.Operations, second.BackwardWork.Operations);
        Assert.InRange(profile.BoundByMemory, 0, 1);
    }

    [Theory]
    [InlineData("tresnet_nano", ThroughputMode.Inference)]
    [InlineData("tresnet_nano", ThroughputMode.Training)]
    [InlineData("tresnet_nano+norm=inplace-abn", ThroughputMode.Training)]
    public void The_network_is_left_exactly_as_it_was(string name, ThroughputMode mode)
    {
        using var net = Models.Describe(name).Build(10);
        net.train();
        nn.functional.cross_entropy(net.call(rand(2, 3, 32, 32)), tensor(new long[] { 1, 2 })).backward();
        var (before, gradients, modes) = (net.Copy(), Gradients(), Modes());
        manual_seed(5);
        var random = rand(3).data<float>().ToArray();
        manual_seed(5);

        LayerProfiler.Measure(net, Small, Inference with { Mode = mode });

        Assert.Equal(random, rand(3).data<float>().ToArray());
        before.AssertSame(net.Copy());
        Assert.Equal(gradients, Gradients());
        Assert.Equal(modes, Modes());
        var expected = net.call(ones(2, 3, 32, 32));
        Assert.Equal([2, 10], expected.shape);

        float[][] Gradients() => [.. net.parameters().Select(parameter => parameter.grad!.data<float>().ToArray())];
        bool[] Modes() => [.. net.modules().Select(module => module.training)];
    }

    [Fact]
    public void No_hook_is_left_behind()
    {
        using var net = SmallNets.Create();
        var called = 0;
        var own = net.register_forward_hook(
            (_, _, output) =>
            {
                called++;
                return output;
            }
        );

        LayerProfiler.Measure(net, [1, 28, 28], Inference);
        var live = LiveTensors.Settled();
        called = 0;
        net.call(rand(1, 1, 28, 28)).Dispose();

        Assert.Equal(1, called);
        own.remove();
        Assert.InRange(Tensor.TotalCount - live, long.MinValue, 2);
    }

    [Fact]
    public void Mixed_precision_moves_fewer_bytes()
    {
        using var nano = Models.Create("tresnet_nano");

        var single = LayerProfiler.Measure(nano, Small, Inference with { Rounds = 1 });
        var half = LayerProfiler.Measure(
            nano,
            Small,
            Inference with
            {
                Rounds = 1,
                ComputeType = TResNet.Compute.ComputeType.BFloat16,
            }
        );

        Assert.True(half.Kinds.Sum(kind => kind.Work.Bytes) < single.Kinds.Sum(kind => kind.Work.Bytes));
        Assert.Equal(TResNet.Compute.ComputeType.BFloat16, half.Roof.Ceiling.ComputeType);
    }

    [Fact]
    public void A_cancelled_look_keeps_its_rounds_and_says_so()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<LayerProgress>(report =>
        {
            if (report.What.StartsWith("layers, round 1", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });

        var profile = LayerProfiler.Measure(net, [1, 28, 28], Training with { Rounds = 50 }, observer, stop.Token);

        Assert.True(profile.Shortened);
        Assert.All(profile.Layers, layer => Assert.Equal(0, layer.Backward));
        Assert.Throws<OperationCanceledException>(() =>
            LayerProfiler.Measure(net, [1, 28, 28], Training, cancel: stop.Token)
        );
    }

    [Fact]
    public void A_rate_is_measured_once_and_the_higher_of_two_is_kept()
    {
        var rates = new Queue<double>([4, 5, 3]);
        var measured = new Roofline.Measured<double>((_, _) => rates.Dequeue(), rate => rate);
        var one = TResNet.Compute.ComputeType.Float32;

        Assert.Equal((4, 4), (measured.Of(one, CPU), measured.Of(one, CPU)));
        Assert.Equal((5, 5), (measured.Again(one, CPU), measured.Again(one, CPU)));
        Assert.Equal(5, measured.Of(one, CPU));
        Assert.Empty(rates);
    }

    [Fact]
    public void The_roof_is_the_lower_of_arithmetic_and_memory()
    {
        var roof = new Roofline(
            new MachineCeiling
            {
                ComputeType = TResNet.Compute.ComputeType.Float32,
                Device = "cpu",
                Threads = 2,
                MatrixProduct = 400,
                Convolution = 300,
            },
            new MemoryBandwidth
            {
                Device = "cpu",
                Copy = 20,
                Add = 16,
            }
        );

        Assert.Equal((20, 200, 400), (roof.Ridge, roof.Attainable(10), roof.Attainable(100)));
        Assert.True(roof.IsBoundByMemory(new Work(19, 1)));
        Assert.False(roof.IsBoundByMemory(new Work(21, 1)));
        Assert.Equal(0.1, roof.LeastSeconds(new Work(1e9, 2e9)), 1e-12);
        Assert.Equal(0.01, roof.LeastSeconds(new Work(4e9, 1e6)), 1e-12);
    }

    [Fact]
    public void Bandwidth_is_a_number_of_gigabytes()
    {
        var bandwidth = MemoryBandwidth.Measure();

        Assert.InRange(bandwidth.Copy, 0.01, 10_000);
        Assert.InRange(bandwidth.Add, 0.01, 10_000);
        Assert.Equal("cpu", bandwidth.Device);
    }
}
