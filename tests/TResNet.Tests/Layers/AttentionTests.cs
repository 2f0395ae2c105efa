using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class AttentionTests
{
    [Fact]
    public void Squeeze_and_excitation_scales_channels_by_a_gate_of_their_means()
    {
        using var scope = NewDisposeScope();
        var se = new SqueezeExcite(2, 1);
        using (no_grad())
        {
            se.get_parameter("fc1.weight")!.copy_(tensor([1f, -1f], [1, 2, 1, 1]));
            se.get_parameter("fc1.bias")!.copy_(tensor([0.5f]));
            se.get_parameter("fc2.weight")!.copy_(tensor([2f, -2f], [2, 1, 1, 1]));
            se.get_parameter("fc2.bias")!.zero_();
        }

        var x = cat([full([1, 1, 2, 2], 3.0), full([1, 1, 2, 2], 1.0)], 1).@float();
        var y = se.call(x);
        double Gate(double v) => 1 / (1 + Math.Exp(-v));

        // relu(3 - 1 + 0.5) = 2.5
        Assert.Equal(3 * Gate(5), y[0, 0, 0, 0].ToSingle(), 1e-5);
        Assert.Equal(1 * Gate(-5), y[0, 1, 1, 1].ToSingle(), 1e-5);
    }

    [Fact]
    public void Fast_global_average_pooling_is_the_mean_of_each_channel()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 5, 7]);
        var y = new FastGlobalAvgPool().call(x);
        Assert.Equal([2L, 3], y.shape);
        Assert.True(y.allclose(nn.functional.adaptive_avg_pool2d(x, [1, 1]).flatten(1), 1e-5, 1e-6));
        Assert.Equal([2L, 3, 1, 1], new FastGlobalAvgPool(flatten: false).call(x).shape);
    }
}
