using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class EvoNormTests
{
    [Fact]
    public void S0_is_the_papers_expression()
    {
        using var scope = NewDisposeScope();
        var x = randn(2, 64, 5, 4, dtype: ScalarType.Float64);
        using var layer = new EvoNormS0(64);
        layer.to(ScalarType.Float64);
        layer.get_parameter("v")!.detach().copy_(linspace(-2, 2, 64));

        var y = layer.call(x).detach();

        var v = layer.get_parameter("v")!.detach().view(1, 64, 1, 1);
        for (var n = 0; n < 2; n++)
        {
            for (var group = 0; group < 32; group++)
            {
                var part = x[n].narrow(0, 2 * group, 2);
                var deviation = (part - part.mean()).square().mean().add(1e-5).sqrt();
                var expected = part * (part * v[0].narrow(0, 2 * group, 2)).sigmoid() / deviation;
                Assert.True(expected.allclose(y[n].narrow(0, 2 * group, 2), 1e-10, 1e-12));
            }
        }
    }

    [Fact]
    public void S0_sees_each_image_alone()
    {
        using var scope = NewDisposeScope();
        using var layer = new EvoNormS0(8);
        var x = randn(3, 8, 4, 4);
        layer.train();
        Assert.True(layer.call(x)[1].allclose(layer.call(x.narrow(0, 1, 1))[0], 1e-5, 1e-6));
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(76, 19)]
    [InlineData(83, 1)]
    [InlineData(16, 16)]
    public void S0_groups_channels_by_32_or_the_next_smaller_divisor(int channels, int groups)
    {
        using var layer = new EvoNormS0(channels);
        Assert.Equal(groups, layer.Groups);
        using var scope = NewDisposeScope();
        Assert.Equal([1L, channels, 2, 2], layer.call(randn(1, channels, 2, 2)).shape);
    }

    [Fact]
    public void B0_takes_the_larger_deviation_and_keeps_the_batchs_for_evaluation()
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 3, 6, 5, dtype: ScalarType.Float64) * 2 + 1;
        using var layer = new EvoNormB0(3);
        layer.to(ScalarType.Float64);
        layer.train();

        var y = layer.call(x).detach();

        var batch = x.var([0, 2, 3], unbiased: false).view(1, 3, 1, 1);
        var instance = (x.var([2, 3], unbiased: false, keepdim: true) + 1e-3).sqrt();
        Assert.True((x / (batch + 1e-3).sqrt().maximum(x + instance)).allclose(y, 1e-10, 1e-12));
        var running = layer.get_buffer("running_var")!;
        Assert.True(
            (ones(3).to(ScalarType.Float64) * 0.9 + x.var([0, 2, 3], unbiased: true) * 0.1).allclose(
                running,
                1e-10,
                1e-12
            )
        );

        layer.eval();
        var kept = running.view(1, 3, 1, 1);
        Assert.True((x / (kept + 1e-3).sqrt().maximum(x + instance)).allclose(layer.call(x).detach(), 1e-10, 1e-12));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_are_those_of_finite_differences(bool s0)
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        using Normalization layer = s0 ? new EvoNormS0(4) : new EvoNormB0(4);
        layer.to(ScalarType.Float64);
        layer.train();
        var x = randn(2, 4, 3, 3, dtype: ScalarType.Float64);
        var direction = randn_like(x);
        var weight = randn_like(x);
        double Loss(Tensor at) => (layer.call(at) * weight).sum().item<double>();

        var leaf = x.clone().requires_grad_(true);
        (layer.call(leaf) * weight).sum().backward();
        const double Step = 1e-6;
        var expected = (Loss(x + direction * Step) - Loss(x - direction * Step)) / (2 * Step);
        Assert.Equal(expected, (leaf.grad! * direction).sum().item<double>(), 1e-6);
    }

    [Fact]
    public void Without_its_activation_it_is_a_weight_and_a_bias()
    {
        using var scope = NewDisposeScope();
        using var s0 = new EvoNormS0(2, activate: false);
        using var b0 = new EvoNormB0(2, activate: false);
        var x = randn(1, 2, 3, 3);
        Assert.True(s0.call(x).detach().Equals(x));
        Assert.True(b0.call(x).detach().Equals(x));
        Assert.Null(s0.get_parameter("v"));
    }
}
