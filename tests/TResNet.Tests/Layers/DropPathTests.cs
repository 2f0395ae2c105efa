using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class DropPathTests
{
    [Fact]
    public void In_training_an_image_is_dropped_whole_or_scaled_so_that_the_mean_stays()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var layer = new DropPath(0.25);
        layer.train();
        var images = layer.call(ones(4000, 2, 1, 3)).flatten(1);
        var first = images.narrow(1, 0, 1);
        Assert.True(images.eq(first).all().item<bool>());
        Assert.Equal([0f, 1 / 0.75f], first.flatten().data<float>().ToArray().Distinct().Order());
        Assert.Equal(1, images.mean().ToSingle(), 0.03);
    }

    [Fact]
    public void In_evaluation_nothing_is_dropped()
    {
        using var scope = NewDisposeScope();
        var layer = new DropPath(0.9);
        layer.eval();
        var x = randn(5, 2, 3, 3);
        Assert.True(layer.call(x).Equals(x));
    }
}
