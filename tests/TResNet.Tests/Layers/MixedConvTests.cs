using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class MixedConvTests
{
    [Fact]
    public void Each_group_of_channels_has_its_own_kernel_and_the_first_takes_what_is_left_over()
    {
        using var scope = NewDisposeScope();
        var layer = new MixedConv(8, 8, [3, 5, 7], stride: 2, depthwise: true);
        var state = layer.state_dict();
        Assert.Equal([4L, 1, 3, 3], state["0.weight"].shape);
        Assert.Equal([2L, 1, 5, 5], state["1.weight"].shape);
        Assert.Equal([2L, 1, 7, 7], state["2.weight"].shape);

        var x = randn(2, 8, 9, 12);
        var y = layer.call(x);
        Assert.Equal([2L, 8, 5, 6], y.shape);
        var middle = nn.functional.conv2d(
            x.narrow(1, 4, 2),
            state["1.weight"],
            strides: [2, 2],
            padding: [2, 2],
            groups: 2
        );
        Assert.True(y.narrow(1, 4, 2).allclose(middle, 1e-5, 1e-6));
    }

    [Fact]
    public void More_kernels_than_channels_get_one_sentence() =>
        Assert.Equal(
            "A mixed convolution of 2 to 2 channels was given 3 kernels: it takes at most one a channel.",
            Assert.Throws<TResNetException>(() => new MixedConv(2, 2, [3, 5, 7])).Message
        );
}
