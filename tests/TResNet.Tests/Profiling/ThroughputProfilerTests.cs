using TorchSharp;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class ThroughputProfilerTests
{
    private static readonly long[] Image = [1, 28, 28];

    [Theory]
    [InlineData(ThroughputMode.Inference)]
    [InlineData(ThroughputMode.Training)]
    public void A_measurement_says_what_it_measured(ThroughputMode mode)
    {
        using var net = SmallNets.Create();

        var result = ThroughputProfiler.Measure(
            net,
            Image,
            new ThroughputOptions
            {
                Mode = mode,
                BatchSize = 4,
                Rounds = 3,
                RoundTime = TimeSpan.Zero,
            }
        );

        Assert.Equal((mode, 4, 3, false), (result.Mode, result.BatchSize, result.Rounds.Count, result.Shortened));
        Assert.Equal([4, 1, 28, 28], result.InputShape);
        Assert.All(result.Rounds, rate => Assert.InRange(rate, 1, 1e8));
        Assert.Equal(("cpu", "Float32", "Sequential"), (result.Device, result.DataType, result.Model));
        Assert.True(result.Threads >= 1);
        Assert.True(result.PeakMemory is null or > 1 << 20);
    }

    [Theory]
    [InlineData(ThroughputMode.Inference)]
    [InlineData(ThroughputMode.Training)]
    public void The_network_is_left_exactly_as_it_was(ThroughputMode mode)
    {
        using var net = SmallNets.Create();
        net.train();
        var frozen = net.named_children().Single(child => child.name == "norm").module;
        frozen.eval();
        nn.functional.cross_entropy(net.call(rand(2, 1, 28, 28)), tensor(new long[] { 1, 2 })).backward();
        var (before, gradients) = (net.Copy(), Gradients());

        ThroughputProfiler.Measure(
            net,
            Image,
            new ThroughputOptions
            {
                Mode = mode,
                BatchSize = 4,
                Rounds = 2,
                RoundTime = TimeSpan.Zero,
            }
        );

        before.AssertSame(net.Copy());
        Assert.Equal(gradients, Gradients());
        Assert.Equal((true, false), (net.training, frozen.training));

        float[][] Gradients() => [.. net.parameters().Select(parameter => parameter.grad!.data<float>().ToArray())];
    }

    [Fact]
    public void A_network_without_gradients_has_none_afterwards()
    {
        using var net = SmallNets.Create();

        ThroughputProfiler.Measure(
            net,
            Image,
            new ThroughputOptions
            {
                Mode = ThroughputMode.Training,
                BatchSize = 2,
                Rounds = 1,
            }
        );

        Assert.All(net.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Measuring_does_not_move_the_random_numbers()
    {
        using var net = SmallNets.Create();
        manual_seed(3);
        var expected = rand(4).data<float>().ToArray();
        manual_seed(3);

        ThroughputProfiler.Measure(
            net,
            Image,
            new ThroughputOptions
            {
                Mode = ThroughputMode.Training,
                BatchSize = 2,
                Rounds = 1,
            }
        );

        Assert.Equal(expected, rand(4).data<float>().ToArray());
    }

    [Fact]
    public void An_optimised_network_is_timed_and_told_apart()
    {
        using var nano = Models.Create("tresnet_nano", numClasses: 10);
        var before = nano.Copy();
        var tensors = LiveTensors.Settled();
        var options = new ThroughputOptions
        {
            BatchSize = 3,
            Rounds = 2,
            RoundTime = TimeSpan.Zero,
            Optimize = true,
        };

        var result = ThroughputProfiler.Measure(nano, [3, 32, 32], options);

        Assert.Equal((true, 2, "tresnet_nano"), (result.Options.Optimize, result.Rounds.Count, result.Model));
        Assert.Contains(result.Optimized!.Steps, step => step.Name == "space to depth");
        Assert.StartsWith("float32, channels ", result.Optimized.Description);
        Assert.True(result.Optimized.Took > TimeSpan.Zero);
        before.AssertSame(nano.Copy());
        Assert.InRange(LiveTensors.Settled(), 0, tensors);

        var half = options with { ComputeType = TResNet.Compute.ComputeType.BFloat16 };
        // Or float32, where bfloat16 was measured to be slower.
        Assert.Contains("bfloat16", ThroughputProfiler.Measure(nano, [3, 32, 32], half).Optimized!.Description);
        Assert.Null(ThroughputProfiler.Measure(nano, [3, 32, 32], options with { Optimize = false }).Optimized);
    }

    [Fact]
    public void An_optimised_network_has_no_step_and_no_layers_to_time()
    {
        using var net = SmallNets.Create();
        var options = new ThroughputOptions { Optimize = true };

        Assert.Equal(
            "An optimised network has no gradients, so no training step of it can be timed: leave Optimize out, or time inference.",
            Refusal(() =>
                ThroughputProfiler.Measure(net, Image, options with { Mode = ThroughputMode.Training, BatchSize = 2 })
            )
        );
        Assert.Equal(
            "An optimised network has steps in place of layers: Profiler.Throughput times it as a whole, so leave Optimize out here.",
            Refusal(() => LayerProfiler.Measure(net, Image, options))
        );

        static string Refusal(Action act) => Assert.Throws<TResNetException>(act).Message;
    }

    [Fact]
    public void A_spent_budget_ends_the_measurement_after_one_round()
    {
        using var net = SmallNets.Create();
        var options = new ThroughputOptions { Rounds = 1000, Budget = TimeSpan.FromTicks(1) };

        var result = ThroughputProfiler.Measure(net, Image, options);

        Assert.Single(result.Rounds);
        Assert.True(result.Shortened);
    }

    [Fact]
    public void A_cancelled_measurement_keeps_its_rounds()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<ThroughputProgress>(report =>
        {
            if (report.Round == 2)
            {
                stop.Cancel();
            }
        });

        var result = ThroughputProfiler.Measure(
            net,
            Image,
            new ThroughputOptions { Rounds = 50 },
            observer,
            stop.Token
        );

        Assert.Equal(2, result.Rounds.Count);
        Assert.Throws<OperationCanceledException>(() => ThroughputProfiler.Measure(net, Image, cancel: stop.Token));
    }

    [Fact]
    public void An_input_the_network_does_not_take_gives_one_sentence()
    {
        using var small = SmallNets.Create();
        using var nano = Models.Create("tresnet_nano");

        Assert.StartsWith(
            "Sequential does not take images of 3 x 28 x 28 (",
            Assert.Throws<TResNetException>(() => ThroughputProfiler.Measure(small, [3, 28, 28])).Message
        );
        Assert.StartsWith(
            "The input is 33x33 pixels,",
            Assert.Throws<TResNetException>(() => ThroughputProfiler.Measure(nano, [3, 33, 33])).Message
        );
        Assert.StartsWith(
            "The input shape is [32, 32],",
            Assert.Throws<TResNetException>(() => ThroughputProfiler.Measure(nano, [32, 32])).Message
        );
    }

    [Fact]
    public void The_memory_order_is_that_of_the_networks_weights()
    {
        using var nano = Models.Create("tresnet_nano", numClasses: 10);
        var options = new ThroughputOptions
        {
            BatchSize = 2,
            WarmUp = 0,
            Rounds = 1,
        };

        Assert.Equal("contiguous", ThroughputProfiler.Measure(nano, [3, 32, 32], options).MemoryFormat);
        MemoryFormat.ToChannelsLast(nano);
        Assert.Equal("channels last", ThroughputProfiler.Measure(nano, [3, 32, 32], options).MemoryFormat);
    }
}
