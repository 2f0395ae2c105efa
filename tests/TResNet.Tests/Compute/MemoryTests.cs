using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

/// <summary>Memory of tensors on the CPU, and threads.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void Memory_of_freed_tensors_waits_until_it_is_released()
    {
        const long elements = 32 << 20;
        const long bytes = elements * sizeof(float);
        HostMemory.Release();
        var before = Machine.ResidentMemory()!.Value;
        for (var i = 0; i < 3; i++)
        {
            ones(elements).Dispose();
        }

        Assert.InRange(Machine.ResidentMemory()!.Value - before, bytes * 3 / 4, long.MaxValue);
        HostMemory.Release();
        Assert.InRange(Machine.ResidentMemory()!.Value - before, long.MinValue, bytes / 4);
    }

    [Fact]
    public void What_waits_goes_back_where_no_tensors_come_or_go()
    {
        const long elements = 32 << 20;
        const long bytes = elements * sizeof(float);
        HostMemory.Release();
        ones(elements).Dispose();
        var before = Machine.ResidentMemory()!.Value;

        var isBack = SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(200);
                return Machine.ResidentMemory()!.Value < before - (bytes * 3 / 4);
            },
            TimeSpan.FromMinutes(1)
        );

        Assert.True(
            isBack,
            $"{Machine.InWords(Machine.ResidentMemory()!.Value)} of {Machine.InWords(before)} are resident."
        );
    }

    [Fact]
    public void It_goes_back_once_after_five_seconds_without_use()
    {
        var clock = new SteppedTime();
        var released = new List<long>();
        var memory = new WaitingMemory(clock, () => released.Add(clock.Seconds));
        bool[] use = [false, false, true, true, false, false, false, false, false, false, false, true, false, true];
        foreach (var isBusy in use)
        {
            memory.Looked(isBusy);
            clock.Seconds++;
        }

        Assert.Equal([8], released);
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

    [Theory]
    [InlineData(0.1, 50)]
    [InlineData(0.9, 90)]
    [InlineData(20, 200)]
    public void A_heap_in_many_parts_is_looked_at_less_often(double walk, double pause) =>
        Assert.Equal(pause, ForgottenTensors.Pause(TimeSpan.FromMilliseconds(walk)).TotalMilliseconds, tolerance: 1e-6);

    [Fact]
    public void Growing_numbers_of_tensors_are_looked_at_soon_and_then_ever_less_often()
    {
        var growth = new TensorGrowth(100);
        // A step that makes a hundred tensors and gives them back, again and again, and then tensors that stay.
        int[] steps = [.. Enumerable.Range(0, 300).Select(i => 100 + (i % 100))];
        int[] kept = [.. Enumerable.Range(100, 10_000)];

        Assert.Equal([117, 150], Looks(steps));
        Assert.Equal([215, 344, 601, 1114, 2139, 4188, 8285], Looks(kept));
        growth.Restart(10_000);
        Assert.Equal([10_017], Looks([10_000, 10_016, 10_017, 10_018]));

        List<int> Looks(int[] counts)
        {
            var looks = new List<int>();
            foreach (var count in counts.Where(count => growth.IsDue(count)))
            {
                growth.Looked(count);
                looks.Add(count);
            }

            return looks;
        }
    }

    [Fact]
    public void Forgotten_tensors_do_not_fill_the_memory()
    {
        const long room = 3L << 30; // for what is made while a busy machine lets the collector wait
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(TimeSpan.FromSeconds(2)); // what the tests before have had in use is forgotten
        var limit = ForgottenTensors.LimitAfter(HostMemory.InUse!.Value);
        var most = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            _ = ones(1 << 18);
            most = i % 50 == 0 ? Math.Max(most, HostMemory.InUse!.Value) : most;
        }

        // Ten gigabytes were made.
        Assert.InRange(most, 0, limit + room);
    }

    /// <summary>A clock that is set by hand.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
