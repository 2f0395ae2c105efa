using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class AbnTests
{
    [Theory]
    [InlineData(AbnWeight.Plain)]
    [InlineData(AbnWeight.Magnitude)]
    public void It_is_batch_norm_and_activation_with_the_same_gradients(AbnWeight kind)
    {
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
}
