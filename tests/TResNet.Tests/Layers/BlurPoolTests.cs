using TorchSharp;
using TResNet.Compute;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class BlurPoolTests
{
    [Fact]
    public void Every_second_pixel_becomes_the_mean_of_its_neighbours_weighted_1_2_1_with_reflected_borders()
    {
        using var scope = NewDisposeScope();
        var x = arange(16).@float().view(1, 1, 4, 4);
        var y = new BlurPool(1).call(x);

        // Rows and columns blur separately: along a row 0 1 2 3 the reflected border gives (1 + 2*0 + 1)/4 = 0.5, then (1 + 2*2 + 3)/4 = 2.
        Assert.Equal([2.5f, 4, 8.5f, 10], y.flatten().data<float>().ToArray());
    }

    [Fact]
    public void Constants_stay_and_channels_do_not_mix()
    {
        using var scope = NewDisposeScope();
        var x = cat([full([1, 1, 9, 9], 3.0), full([1, 1, 9, 9], -1.0)], 1).@float();
        var y = new BlurPool(2).call(x);
        Assert.Equal([1L, 2, 5, 5], y.shape);
        Assert.Equal([3f, 3f], [y[0, 0].min().ToSingle(), y[0, 0].max().ToSingle()]);
        Assert.Equal([-1f, -1f], [y[0, 1].min().ToSingle(), y[0, 1].max().ToSingle()]);
    }

    [Fact]
    public void TorchScript_gives_the_same_tensor()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 5, 14, 14]);
        Assert.True(new BlurPool(5).call(x).Equals(new BlurPool(5, scripted: true).call(x)));
    }

    [Fact]
    public void A_map_of_one_pixel_stays_what_it_is()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(7, new BlurPool(1).call(full([1, 1, 1, 1], 7.0).@float()).ToSingle());
    }

    [Theory]
    [InlineData(6, 8, 2)]
    [InlineData(7, 8, 2)]
    [InlineData(5, 5, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(6, 5, 1)]
    public void It_is_the_convolution_of_the_reflected_map_in_values_gradients_and_memory_order(
        long height,
        long width,
        long stride
    )
    {
        using var scope = NewDisposeScope();
        var layer = new BlurPool(4, stride: stride);
        var x = MemoryFormat.ToChannelsLast(randn([2, 4, height, width])).requires_grad_();
        var row = tensor(new float[] { 1, 2, 1 });
        var filter = (row.view(3, 1) * row.view(1, 3) / 16).repeat(4, 1, 1, 1);
        var reflected = nn.functional.pad(x, [1, 1, 1, 1], PaddingModes.Reflect);
        var expected = nn.functional.conv2d(reflected, filter, strides: [stride, stride], groups: 4);
        var y = layer.call(x);
        var direction = randn(expected.shape);

        Assert.Equal(expected.shape, y.shape);
        Assert.True(y.allclose(expected, 1e-6, 1e-6));
        Assert.Equal(1, y.stride()[1]);
        Assert.True(
            autograd.grad([y], [x], [direction])[0].allclose(autograd.grad([expected], [x], [direction])[0], 1e-6, 1e-6)
        );

        layer.to(ScalarType.BFloat16);
        var rounded = layer.call(x.to(ScalarType.BFloat16));
        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        Assert.True(rounded.to(ScalarType.Float32).allclose(expected, 0.02, 0.02));
    }
}
