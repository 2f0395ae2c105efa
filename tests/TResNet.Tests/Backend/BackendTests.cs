using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling;
using static TorchSharp.torch;

namespace TResNet.Tests;

public sealed class BackendTests
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
    public void Memory_of_freed_tensors_waits_for_the_next_ones_until_it_is_released()
    {
        const long elements = 32 << 20;
        const long most = elements * sizeof(float) / 4;
        HostMemory.Release();
        var before = Machine.ResidentMemory()!.Value;
        ones(elements).Dispose();
        var waiting = Machine.ResidentMemory()!.Value - before;
        ones(elements).Dispose();
        var again = Machine.ResidentMemory()!.Value - before;
        HostMemory.Release();
        var released = Machine.ResidentMemory()!.Value - before;

        Assert.InRange(waiting, 3 * most, 5 * most);
        Assert.InRange(again, 3 * most, 5 * most);
        Assert.InRange(released, -most, most);
    }

    [Fact]
    public void Values_stay_where_blocks_of_memory_are_split_and_joined()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        List<(Tensor Tensor, float Value)> kept = [];
        for (var i = 0; i < 400; i++)
        {
            if (kept.Count > 20)
            {
                var at = random.Next(kept.Count);
                kept[at].Tensor.Dispose();
                kept.RemoveAt(at);
            }

            kept.Add((full([random.Next(50_000, 400_000)], i, ScalarType.Float32), i));
            if (i % 100 == 50)
            {
                HostMemory.Release();
            }
        }

        Assert.All(kept, each => Assert.True(each.Tensor.eq(each.Value).all().item<bool>()));
    }

    [Fact]
    public void Operators_use_all_processors_on_every_thread()
    {
        Assert.Equal(Environment.ProcessorCount, torch.get_num_threads());
        var other = 0;
        var thread = new Thread(() => other = torch.get_num_threads());
        thread.Start();
        thread.Join();
        Assert.Equal(Environment.ProcessorCount, other);
    }
}
