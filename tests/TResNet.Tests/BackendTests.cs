using static TorchSharp.torch;

namespace TResNet.Tests;

public sealed class BackendTests
{
    [Fact]
    public void Channels_last_changes_the_order_in_memory_and_no_value()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]);
        var y = Backend.ToChannelsLast(x);
        Assert.Equal([60L, 1, 15, 3], y.stride());
        Assert.True(x.Equals(y));

        using var network = Models.Create("tresnet_nano", 10);
        network.eval();
        using var _ = no_grad();
        var images = randn([2, 3, 32, 32]);
        var before = network.call(images);
        Backend.ToChannelsLast(network);
        Assert.Equal(1, network.state_dict()["body.layer1.0.conv1.conv.weight"].stride()[1]);
        Assert.True(before.allclose(network.call(Backend.ToChannelsLast(images)), 1e-4, 1e-5));
    }

    [Fact]
    public void Operators_use_all_processors_on_every_thread()
    {
        Assert.Equal(Environment.ProcessorCount, Backend.Threads);
        var other = 0;
        var thread = new Thread(() => other = Backend.Threads);
        thread.Start();
        thread.Join();
        Assert.Equal(Environment.ProcessorCount, other);
    }
}
