using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class AbnTests
{
    [Theory]
    [InlineData(nameof(AbnWeight.Plain))]
    [InlineData(nameof(AbnWeight.Magnitude))]
    public void It_is_batch_norm_and_activation_with_the_same_gradients(string name)
    {
        var kind = Enum.Parse<AbnWeight>(name);
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var x = randn([4, 6, 5, 5], float64, generator: generator);
        var weight = randn([6], float64, generator: generator);
        var bias = randn([6], float64, generator: generator);
        var abn = new Abn(6, Activation.LeakyReLU(0.01), kind);
        abn.to(ScalarType.Float64);
        using (no_grad())
        {
            abn.get_parameter("weight")!.copy_(weight);
            abn.get_parameter("bias")!.copy_(bias);
        }

        var input = x.clone().requires_grad_();
        abn.call(input).pow(3).sum().backward();

        var reference = x.clone().requires_grad_();
        var w = weight.clone().requires_grad_();
        var b = bias.clone().requires_grad_();
        var scale = kind == AbnWeight.Plain ? w : w.abs() + 1e-5;
        var mean = reference.mean([0, 2, 3], keepdim: true);
        var variance = reference.var([0, 2, 3], unbiased: false, keepdim: true);
        var normalised = ((reference - mean) / (variance + 1e-5).sqrt() * scale.view(1, 6, 1, 1)) + b.view(1, 6, 1, 1);
        normalised.where(normalised > 0, normalised * 0.01).pow(3).sum().backward();

        Assert.True(reference.grad!.allclose(input.grad!, 1e-9, 1e-9));
        Assert.True(w.grad!.allclose(abn.get_parameter("weight")!.grad!, 1e-9, 1e-9));
        Assert.True(b.grad!.allclose(abn.get_parameter("bias")!.grad!, 1e-9, 1e-9));
    }

    [Theory]
    [InlineData("ELU", 1)]
    [InlineData("Identity", 1)]
    [InlineData("LeakyReLU", 1)]
    [InlineData("ReLU", 2)]
    public void It_keeps_its_result_alone_where_the_activation_can_be_inverted(string kind, int maps)
    {
        using var scope = NewDisposeScope();
        var activation = new Activation(Enum.Parse<ActivationKind>(kind), 0.01);
        var abn = new Abn(4, activation, AbnWeight.Magnitude) { OwnsInput = true };
        var (x, consumer) = (randn([2, 4, 512, 512]), new Conv2d(4, 1, 3, stride: 128));
        var kept = HostMemory.BytesKept(() => consumer.call(abn.call(x * 1)));
        const int map = 2 * 4 * 512 * 512 * sizeof(float);
        // The runtime takes some too.
        Assert.InRange(kept, (maps * map) - (map / 4), (maps * map) + (map / 4));
    }

    [Fact]
    public void A_second_derivative_is_refused_in_one_sentence_and_batch_norm_has_it()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 4, 8, 8]).requires_grad_();
        Tensor Slope(AbnWeight kind) =>
            autograd.grad(
                [new Abn(4, Activation.ELU, kind).call(x).pow(2).sum()],
                [x],
                retain_graph: true,
                create_graph: true
            )[0];
        var refused = Assert.ThrowsAny<Exception>(() => Slope(AbnWeight.Magnitude));
        Assert.Contains(
            "in-place ABN has no second derivative; use norm=bn where create_graph is needed",
            refused.Message
        );
        Slope(AbnWeight.Plain).pow(2).sum().backward();
        Assert.True(x.grad!.isfinite().all().ToBoolean());
    }

    [Fact]
    public void A_magnitude_weight_that_starts_at_zero_can_train()
    {
        using var scope = NewDisposeScope();
        var abn = new Abn(2, Activation.Identity, AbnWeight.Magnitude);
        abn.ZeroWeight();
        var x = randn([8, 2, 3, 3]);
        (abn.call(x) * x).sum().backward();
        Assert.All(abn.get_parameter("weight")!.grad!.data<float>().ToArray(), g => Assert.True(g > 1));
    }

    [Fact]
    public void Evaluation_uses_the_running_statistics_and_leaves_them()
    {
        using var scope = NewDisposeScope();
        var abn = new Abn(1, Activation.Identity);
        var x = tensor([1f, 3, 5, 7], [4, 1, 1, 1]);
        abn.train();
        abn.call(x);
        Assert.Equal(0.4f, abn.get_buffer("running_mean")!.ToSingle(), 1e-6);
        Assert.Equal(0.9f + (0.1f * 20 / 3), abn.get_buffer("running_var")!.ToSingle(), 1e-5);
        Assert.Equal(1, abn.get_buffer("num_batches_tracked")!.item<long>());
        abn.eval();
        var expected = (1 - 0.4) / Math.Sqrt(0.9 + (2.0 / 3) + 1e-5);
        Assert.Equal(expected, abn.call(x)[0].item<float>(), 1e-5);
        Assert.Equal(1, abn.get_buffer("num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void A_layer_that_owns_its_input_puts_the_result_in_its_place()
    {
        using var scope = NewDisposeScope();
        var abn = new Abn(3, Activation.LeakyReLU(0.01), AbnWeight.Magnitude) { OwnsInput = true };
        var x = randn([2, 3, 4, 4]).requires_grad_();
        var owned = x * 2;
        var result = abn.call(owned);
        Assert.True(owned.allclose(result));
        abn.OwnsInput = false;
        var foreign = x * 2;
        Assert.False(foreign.allclose(abn.call(foreign)));
    }

    [Fact]
    public void It_can_be_used_twice_in_one_forward()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var x = randn([3, 4, 5, 5], float64, generator: generator);
        Tensor[] Gradients(bool inPlace)
        {
            var abn = new Abn(4, Activation.LeakyReLU(0.1), AbnWeight.Magnitude) { OwnsInput = inPlace };
            abn.to(ScalarType.Float64);
            var input = x.clone().requires_grad_();
            var once = abn.call(input * 3);
            abn.call((once * once) + input).pow(3).sum().backward();
            return [input.grad!, .. abn.parameters().Select(p => p.grad!)];
        }

        foreach (var (one, other) in Gradients(true).Zip(Gradients(false)))
        {
            Assert.True(one.allclose(other, 1e-10, 1e-10));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Under_autocast_it_keeps_bfloat16_its_order_and_float32_statistics(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var layer = new ConvNormAct(3, 8, 3, Activation.LeakyReLU(0.01), new LayerOptions(NormAct.InPlaceAbn(default)));
        var x = randn([2, 3, 8, 8]);
        using (new Autocast(CPU, ScalarType.BFloat16))
        {
            if (channelsLast)
            {
                MemoryFormat.ToChannelsLast(layer);
                x = MemoryFormat.ToChannelsLast(x);
            }

            var result = layer.call(x);
            Assert.Equal(ScalarType.BFloat16, result.dtype);
            Assert.Equal(channelsLast ? 1 : 64, result.stride()[1]);
            result.sum().backward();
        }

        Assert.Equal(ScalarType.Float32, layer.Norm!.get_parameter("weight")!.grad!.dtype);
        Assert.Equal(ScalarType.Float32, layer.Norm.get_buffer("running_mean")!.dtype);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Evaluation_without_gradients_gives_what_evaluation_with_them_gives(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var abn = new Abn(5, Activation.LeakyReLU(0.01), AbnWeight.Magnitude);
        abn.to(type);
        using (no_grad())
        {
            abn.get_parameter("weight")!.copy_(randn(5));
            abn.get_parameter("bias")!.copy_(randn(5));
            abn.get_buffer("running_mean")!.copy_(randn(5));
        }

        abn.eval();
        var x = randn([2, 5, 3, 3], type);
        var recorded = abn.call(x);
        using var _ = no_grad();
        Assert.True(recorded.allclose(abn.call(x), 1e-5, 1e-6));
        Assert.True(recorded.allclose(abn.call(MemoryFormat.ToChannelsLast(x)), 1e-5, 1e-6));
        using var mode = inference_mode();
        Assert.True(recorded.allclose(abn.call(x), 1e-5, 1e-6));
    }

    [Theory]
    [InlineData("tresnet_m", "leaky_relu:0.01")]
    [InlineData("tresnet_m", "elu")]
    [InlineData("resnetv2_50", "elu")]
    [InlineData("resnetv2_50", "leaky_relu:0.01")]
    [InlineData("resnest50d", "leaky_relu:0.01")]
    [InlineData("skresnet50", "identity")]
    public void Every_kind_of_block_trains_with_it(string name, string activation)
    {
        using var scope = NewDisposeScope();
        var architecture = ((StagedArchitecture)Models.Describe(name))
            .With("norm", "inplace-abn")
            .With("activation", activation);
        Tensor Gradient(bool recovers)
        {
            manual_seed(1);
            var norm = architecture.NormAct with { Sum = Activation.ReLU };
            var network = (architecture with { NormAct = norm, Depths = [1] }).Build(numClasses: 5);
            network.to(ScalarType.Float64);
            network.train();
            foreach (var abn in network.modules().OfType<Abn>())
            {
                abn.Recovers = recovers;
            }

            manual_seed(2);
            network.call(rand([6, 3, 32, 32], ScalarType.Float64)).square().sum().backward();
            return cat([.. network.parameters().Select(p => p.grad!.flatten())]);
        }

        var (ours, plain) = (Gradient(true), Gradient(false));
        var off = (ours - plain).norm().item<double>() / plain.norm().item<double>();
        Assert.True(off <= 1e-6, $"{name}: off by {off:g3}");
    }
}
