using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class EfficientChannelAttentionTests
{
    [Theory]
    [InlineData(16, 3)]
    [InlineData(64, 3)]
    [InlineData(256, 5)]
    [InlineData(512, 5)]
    [InlineData(1024, 5)]
    [InlineData(2048, 7)]
    public void The_kernel_grows_with_the_logarithm_of_the_channels(int channels, int size) =>
        Assert.Equal(size, EfficientChannelAttention.KernelSize(channels));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_gate_is_the_sigmoid_of_neighbouring_means(bool circular)
    {
        using var scope = NewDisposeScope();
        using var layer = new EfficientChannelAttention(4, circular);
        using var _ = no_grad();
        layer.get_parameter("conv.weight")!.copy_(tensor(new[] { 1f, 10f, 100f }, [1, 1, 3]));
        float[] means = [0.01f, 0.02f, -0.03f, 0.04f];
        var x = tensor(means).view(1, 4, 1, 1).expand(1, 4, 2, 3).contiguous();

        var y = layer.call(x);

        for (var c = 0; c < 4; c++)
        {
            float At(int i) =>
                circular ? means[(i + 4) % 4]
                : i is < 0 or > 3 ? 0
                : means[i];
            var gate = 1 / (1 + Math.Exp(-(At(c - 1) + (10 * At(c)) + (100 * At(c + 1)))));
            Assert.Equal(means[c] * gate, y[0, c, 1, 2].ToSingle(), 1e-6);
        }
    }
}
