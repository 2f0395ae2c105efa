using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Kernels;
using TResNet.Layers;
using TResNet.Tests.Parity;
using static TorchSharp.torch;

namespace TResNet.Tests.Graphs;

/// <summary>network.Optimize: the same results, sooner.</summary>
public sealed class OptimizeTests
{
    // Each brings operators that the others have not: odd numbers of channels, blurs, gates, splits, groups, normalisation before the convolution.
    [Theory]
    [InlineData("tresnet_nano")]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_l")]
    [InlineData("tresnet_v2_l")]
    [InlineData("resnet50")]
    [InlineData("resnetblur50")]
    [InlineData("resnetaa50d")]
    [InlineData("resnetv2_50")]
    [InlineData("resnext50_32x4d")]
    [InlineData("cecaresnet50d")]
    [InlineData("skresnet50")]
    [InlineData("resnest50d")]
    [InlineData("resnetv2_50d_evos")]
    [InlineData("resnetv2_50d_evob")]
    [InlineData("regnety_004")]
    [InlineData("mobilenetv2_100")]
    [InlineData("efficientnet_b0")]
    [InlineData("mixnet_s")]
    public void An_optimised_network_gives_what_the_network_gives(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Filled(name);
        var images = Images(2, 64);
        using var fast = network.Optimize(images);
        AssertNear(Expected(network, images), fast.call(images), 1e-4);
    }

    [Fact]
    public void In_bfloat16_it_is_near_and_takes_float32()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_m");
        var images = Images(2, 64);
        using var fast = network.Optimize(images, ScalarType.BFloat16);
        var logits = fast.call(images);
        Assert.Equal(ScalarType.Float32, logits.dtype);
        AssertNear(Expected(network, images), logits, 0.03);
        // Where it is quicker here, which the description tells.
        Assert.Matches("^(bfloat16|float32 \\(bfloat16 ).*, channels (last|in blocks)", fast.Description);
    }

    [Fact]
    public void Both_memory_orders_batches_and_sizes_come_in_turn()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_nano");
        using var fast = network.Optimize(Images(4, 32));
        foreach (var (batch, side) in new[] { (4, 32), (3, 32), (1, 48), (4, 64), (2, 32), (4, 32) })
        {
            var images = Images(batch, side);
            AssertNear(Expected(network, images), fast.call(images), 1e-4);
            AssertNear(Expected(network, images), fast.call(images.contiguous()), 1e-4);
        }
    }

    [Fact]
    public void Two_threads_may_call_at_once()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_nano");
        var (first, second) = (Images(2, 32), Images(2, 32).flip(3));
        using var fast = network.Optimize(first);
        var (expectedFirst, expectedSecond) = (fast.call(first), fast.call(second));
        Parallel.For(
            0,
            40,
            i =>
            {
                using var own = NewDisposeScope();
                var (images, expected) = i % 2 == 0 ? (first, expectedFirst) : (second, expectedSecond);
                Assert.True(fast.call(images).Equals(expected));
            }
        );
    }

    [Fact]
    public void The_network_stays_as_it_was_and_nothing_is_left_behind()
    {
        using var network = Filled("tresnet_nano");
        network.train();
        using var images = Images(2, 32);
        var before = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var tensors = LiveTensors.Settled();
        using (var fast = network.Optimize(images))
        {
            fast.call(images).Dispose();
            Assert.False(fast.call(images).DetachFromDisposeScope().requires_grad);
        }

        Assert.InRange(LiveTensors.Settled(), 0, tensors);
        Assert.True(network.training);
        Assert.All(network.state_dict(), entry => Assert.True(entry.Value.Equals(before[entry.Key]), entry.Key));
    }

    [Fact]
    public void It_is_the_network_of_when_it_was_optimised()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_nano");
        var images = Images(2, 32);
        using var fast = network.Optimize(images);
        var before = fast.call(images);
        using (no_grad())
        {
            network.parameters().First().mul_(2);
        }

        Assert.True(before.Equals(fast.call(images)));
        var refused = Assert.Throws<TResNetException>(() => fast.call(Images(3, 32)));
        Assert.Equal(
            "The weights of tresnet_nano have changed since it was optimised, and an input of [3, 3, 32, 32] needs them: optimise it again.",
            refused.Message
        );
    }

    [Fact]
    public void Its_steps_are_named_and_timed()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_m");
        var images = Images(2, 64);
        using var fast = network.Optimize(images);
        var steps = fast.Profile(images);
        Assert.All(steps, step => Assert.True(step.Time > TimeSpan.Zero, step.Name));
        Assert.Equal(3, steps.Count(step => step.Name == "blur"));
        Assert.Single(steps, step => step.Name == "space to depth");
        Assert.Contains(steps, step => step.Name == "convolution add activation" && step.By.Contains("1x1"));
        Assert.Matches(
            $@"^float32, channels (last|in blocks \(nChw16c\)), {steps.Count} steps, [0-9]+ MiB of feature maps$",
            fast.Description
        );
    }

    [Fact]
    public void A_sum_whose_term_is_wanted_again_is_not_made_in_its_place()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var module = new Diamond();
        var images = Images(2, 16);
        using var fast = module.Optimize(images);
        AssertNear(Expected(module, images), fast.call(images), 1e-4);
    }

    [Fact]
    public void Saving_it_says_what_can_be_saved()
    {
        using var scope = NewDisposeScope();
        using var network = Filled("tresnet_nano");
        using var fast = network.Optimize(Images(1, 32));
        var refused = Assert.Throws<TResNetException>(() => fast.Save("network.pt"));
        Assert.Equal(
            "tresnet_nano is not written to network.pt: this version does not write TorchScript yet; save its weights as .safetensors or .pth, which PyTorch and timm load.",
            refused.Message
        );
    }

    [Fact]
    public void A_layer_that_is_called_is_called_in_evaluation_with_the_weights_of_then()
    {
        using var scope = NewDisposeScope();
        using var network = new Foreign();
        network.train();
        var images = Images(2, 8);
        using var fast = network.Optimize(images);
        var before = network.Norm.running_mean!.clone();
        var expected = Expected(network, images);
        network.train();
        AssertNear(expected, fast.call(images), 1e-4);
        Assert.True(network.training && network.Norm.training);
        Assert.True(before.Equals(network.Norm.running_mean!));
        using (no_grad())
        {
            network.Norm.weight!.mul_(2);
        }

        var refused = Assert.Throws<TResNetException>(() => fast.call(images));
        Assert.Equal(
            "The weights of Foreign have changed since it was optimised, and it calls a layer of the network: optimise it again.",
            refused.Message
        );
    }

    [Fact]
    public void What_a_called_layer_throws_is_what_is_thrown()
    {
        using var scope = NewDisposeScope();
        using var network = new Foreign();
        network.eval();
        var images = Images(2, 8);
        using var fast = network.Optimize(images);
        network.Failure = new InvalidDataException("No, thank you.");
        Assert.Same(network.Failure, Assert.Throws<InvalidDataException>(() => fast.call(images)));
        network.Failure = null;
        AssertNear(Expected(network, images), fast.call(images), 1e-4);
    }

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("resnet50")]
    [InlineData("efficientnet_b0")]
    [InlineData("resnest50d")]
    [InlineData("mixnet_s")]
    public void Without_the_native_kernels_it_runs_by_the_operators_of_libtorch(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Filled(name);
        var images = Images(2, 64);
        NativeKernels.IsSwitchedOff = true;
        try
        {
            using var fast = network.Optimize(images);
            AssertNear(Expected(network, images), fast.call(images), 1e-4);
            Assert.Matches(
                @"^float32, [0-9]+ steps of libtorch's operators, [0-9]+ convolutions of oneDNN \(the library of kernels is not there\)$",
                fast.Description
            );
            Assert.Contains(fast.Profile(), step => step.By == "libtorch's oneDNN");
        }
        finally
        {
            NativeKernels.IsSwitchedOff = false;
        }
    }

    [Theory]
    [InlineData(
        new long[] { 3, 32, 32 },
        "The example is [3, 32, 32] in Float32: give images [N, C, H, W] in float32."
    )]
    [InlineData(
        new long[] { 2, 3, 30, 32 },
        "The input is 30x32 pixels, and tresnet_m takes sides that are multiples of 4: use 32."
    )]
    public void An_example_that_is_no_batch_of_its_images_is_refused(long[] shape, string message)
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("tresnet_m", 10);
        Assert.Equal(message, Assert.Throws<TResNetException>(() => network.Optimize(zeros(shape))).Message);
    }

    [Fact]
    public void Float16_on_a_processor_is_refused()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("tresnet_nano", 10);
        var refused = Assert.Throws<TResNetException>(() => network.Optimize(Images(1, 32), ScalarType.Float16));
        Assert.Equal("A CPU does not compute in float16; use bfloat16 there, or a GPU.", refused.Message);
    }

    private static Network Filled(string name)
    {
        using var skip = new SkipInit();
        var network = Models.Create(name, 40);
        FilledNetwork.Fill(network, 2);
        return network;
    }

    private static Tensor Images(int batch, int side)
    {
        using var scope = NewDisposeScope();
        var values = (arange(batch * 3 * side * side, dtype: ScalarType.Float32) * 0.011f).sin();
        return MemoryFormat.ToChannelsLast(values.reshape(batch, 3, side, side)).MoveToOuterDisposeScope();
    }

    private static Tensor Expected(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        using var _ = no_grad();
        network.eval();
        return network.call(images);
    }

    private static void AssertNear(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        var off = (expected - actual).abs().max().item<float>();
        var largest = expected.abs().max().item<float>();
        Assert.True(off <= relative * largest, $"off by {off} where the largest is {largest}");
    }

    /// <summary>Normalises in a way that no graph knows: by a layer that may fail.</summary>
    private sealed class Foreign : nn.Module<Tensor, Tensor>
    {
        public TorchSharp.Modules.BatchNorm2d Norm { get; } = nn.BatchNorm2d(3);

        public Exception? Failure { get; set; }

        public Foreign()
            : base(nameof(Foreign)) => register_module("norm", Norm);

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return Failure is null ? Norm.call(x + 1).MoveToOuterDisposeScope() : throw Failure;
        }
    }

    /// <summary>b = conv(a); c = relu(conv(b) + b); the result is c + b and the mean of a, so that b is wanted after the first sum.</summary>
    private sealed class Diamond : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv2d first = nn.Conv2d(3, 16, 3, padding: 1);
        private readonly TorchSharp.Modules.Conv2d second = nn.Conv2d(16, 16, 3, padding: 1);

        public Diamond()
            : base(nameof(Diamond)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var b = first.call(x);
            var c = (second.call(b) + b).relu();
            return (c + b + c).mean([2L, 3]).MoveToOuterDisposeScope();
        }
    }
}
