using TResNet.Profiling.Counting;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;

namespace TResNet.Tests.Profiling;

public sealed class ThroughputSweepTests
{
    private static readonly long[] Image = [1, 28, 28];
    private static readonly ThroughputOptions Quick = new()
    {
        WarmUp = 0,
        Rounds = 2,
        RoundTime = TimeSpan.Zero,
    };

    [Theory]
    [InlineData(ThroughputMode.Inference)]
    [InlineData(ThroughputMode.Training)]
    public void Every_batch_size_is_measured_once_smallest_first_and_the_network_is_left_as_it_was(ThroughputMode mode)
    {
        using var net = SmallNets.Create();
        var before = net.Copy();
        var seen = new List<(int Batch, int Number)>();

        var sweep = ThroughputSweep.Measure(
            net,
            Image,
            [8, 2, 4, 2],
            Quick with
            {
                Mode = mode,
            },
            progress: new Observer<SweepProgress>(at => seen.Add((at.BatchSize, at.Number)))
        );

        Assert.Equal([2, 4, 8], sweep.Results.Select(result => result.BatchSize));
        Assert.All(sweep.Results, result => Assert.Equal((mode, 2), (result.Mode, result.Rounds.Count)));
        Assert.Equal((null, false), (sweep.Ended, sweep.Interrupted));
        Assert.Equal([(2, 0), (4, 1), (8, 2)], seen.Distinct());
        before.AssertSame(net.Copy());
    }

    [Fact]
    public void A_batch_without_room_ends_the_curve_with_a_sentence_and_is_not_tried()
    {
        using var net = SmallNets.Create();
        var tried = new List<int>();

        var sweep = ThroughputSweep.Measure(
            net,
            Image,
            [1, 2, 4],
            Quick,
            memoryLimit: 1 << 20,
            new Observer<SweepProgress>(at => tried.Add(at.BatchSize))
        );

        Assert.Matches(@"^a batch of \d would take about [\d.]+ [GM]iB, and 1\.0 MiB are there$", sweep.Ended);
        Assert.DoesNotContain(4, tried);
        Assert.False(sweep.Interrupted);
    }

    [Fact]
    public void A_large_batch_is_looked_at_through_small_ones_first()
    {
        using var net = SmallNets.Create();
        var seen = new List<(int Batch, bool Look)>();

        ThroughputSweep.Measure(
            net,
            Image,
            [64],
            Quick,
            progress: new Observer<SweepProgress>(at => seen.Add((at.BatchSize, at.Round is null)))
        );

        Assert.Equal([(1, true), (2, true), (8, true), (64, false)], seen.Distinct());
    }

    [Fact]
    public void An_interrupt_keeps_what_was_measured()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<SweepProgress>(at =>
        {
            if (at is { BatchSize: 4, Round.Round: 1 })
            {
                stop.Cancel();
            }
        });

        var sweep = ThroughputSweep.Measure(net, Image, [2, 4, 8], Quick, null, observer, stop.Token);

        Assert.True(sweep.Interrupted);
        Assert.Equal([(2, 2), (4, 1)], sweep.Results.Select(result => (result.BatchSize, result.Rounds.Count)));
    }

    [Fact]
    public void A_batch_size_out_of_range_is_one_sentence()
    {
        using var net = SmallNets.Create();

        Assert.Contains(
            "The batch size is 70000, but",
            Assert.Throws<TResNetException>(() => ThroughputSweep.Measure(net, Image, [1, 70_000], Quick)).Message
        );
    }

    [Fact]
    public void Memory_is_foretold_by_a_line_through_what_was_measured()
    {
        var line = new BatchMemoryLine();
        line.Add(2, 300);
        Assert.Throws<InvalidOperationException>(() => line.Predict(8));
        line.Add(4, 340);

        Assert.Equal(420, line.Predict(8));
        Assert.Equal(12, line.LargestWithin(500));
        Assert.Equal(0, line.LargestWithin(100));
    }

    [Theory]
    [InlineData(64, new[] { 2, 4, 16 })]
    [InlineData(16, new[] { 2, 4 })]
    [InlineData(1024, new[] { 2, 4, 16, 64, 256 })]
    [InlineData(4, new int[0])]
    [InlineData(2, new int[0])]
    public void The_line_is_believed_for_eight_times_its_length(int target, int[] steps)
    {
        var line = new BatchMemoryLine();
        var taken = new List<int>();
        while (line.Before(target, least: 2) is { } step)
        {
            taken.Add(step);
            line.Add(step, 100 + step);
        }

        Assert.Equal(steps, taken);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] DefaultCPUAllocator: can't allocate memory: you tried", true)]
    [InlineData("aten::arange.start_step(...) failed: [enforce fail at alloc_cpu.cpp:75]", true)]
    [InlineData("mat1 and mat2 shapes cannot be multiplied", false)]
    public void A_refused_allocation_is_told_from_other_errors(string message, bool isMemory) =>
        Assert.Equal(isMemory, OutOfMemory.Is(new System.Runtime.InteropServices.ExternalException(message)));
}
