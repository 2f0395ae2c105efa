using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

public sealed class MemoryFormatTests
{
    [Fact]
    public void Channels_last_changes_the_order_in_memory_and_no_value()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]);
        var y = MemoryFormat.ToChannelsLast(x);
        Assert.Equal([60L, 1, 15, 3], y.stride());
        Assert.True(x.Equals(y));

        using var network = Models.Create("tresnet_nano", 10);
        network.eval();
        using var _ = no_grad();
        var images = randn([2, 3, 32, 32]);
        var before = network.call(images);
        MemoryFormat.ToChannelsLast(network);
        Assert.Equal(1, network.state_dict()["body.layer1.0.conv1.conv.weight"].stride()[1]);
        Assert.True(before.allclose(network.call(MemoryFormat.ToChannelsLast(images)), 1e-4, 1e-5));
    }

    [Fact]
    public void Weights_come_back_into_the_order_of_their_shape_with_gradients_and_training_as_before()
    {
        using var scope = NewDisposeScope();
        var conv = nn.Conv2d(4, 8, 3);
        var before = conv.weight!.clone();
        MemoryFormat.ToChannelsLast(conv);
        Assert.False(conv.weight!.is_contiguous());
        conv.call(MemoryFormat.ToChannelsLast(randn(2, 4, 6, 6))).sum().backward();
        Assert.Equal(conv.weight.stride(), conv.weight.grad!.stride());
        Assert.True(conv.weight.is_leaf);

        MemoryFormat.ToContiguous(conv);

        Assert.True(conv.weight.is_contiguous());
        Assert.True(conv.weight.Equals(before));
    }
}
