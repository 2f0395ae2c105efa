using TResNet.Compute;
using TResNet.Profiling.Memory;
using TResNet.Tests.Training;
using Search = TResNet.Profiling.Memory.LargestBatch.Search;

namespace TResNet.Tests.Profiling;

public sealed class LargestBatchTests
{
    [Theory]
    [InlineData(100, 10, 500)]
    [InlineData(100, 1, 5000)]
    [InlineData(1000, 37, 12_345)]
    [InlineData(0, 3, 10)]
    public void What_is_found_fits_and_what_is_a_thirty_second_larger_does_not(long fixedPart, long each, long limit)
    {
        long? Step(int batch) => fixedPart + each * batch;
        var search = new Search(limit, limit + limit / 20, Step);

        Assert.False(search.Run(4096, null, CancellationToken.None));

        Assert.True(Step(search.Fits) <= limit);
        Assert.True(Step(search.Fits + Math.Max(1, search.Fits / 32)) > limit || search.Fits == 4096);
        Assert.InRange(search.Trials.Count, 2, 12);
    }

    [Fact]
    public void Nothing_far_above_the_limit_is_ever_tried()
    {
        var tried = new List<long>();
        var search = new Search(
            1000,
            1050,
            batch =>
            {
                tried.Add(200 + 200 * batch);
                return tried[^1];
            }
        );

        search.Run(4096, null, CancellationToken.None);

        Assert.Equal(4, search.Fits);
        Assert.All(tried, peak => Assert.True(peak <= 1050));
        Assert.Contains(search.Trials, trial => trial is { Foretold: true, Fits: false });
    }

    [Fact]
    public void Memory_that_grows_in_steps_is_searched_by_halves()
    {
        // What an allocator rounds up is no line.
        long? Step(int batch) => 100 + 64 * (batch / 16);
        var search = new Search(600, 630, Step);

        search.Run(4096, null, CancellationToken.None);

        Assert.True(Step(search.Fits) <= 600);
        Assert.InRange(search.Fits, 120, 127);
        Assert.InRange(search.Trials.Count, 3, 16);
    }

    [Fact]
    public void Refused_memory_is_the_limit_where_there_is_no_other()
    {
        var search = new Search(null, null, batch => batch <= 77 ? 0 : null);

        search.Run(4096, null, CancellationToken.None);

        Assert.InRange(search.Fits, 75, 77);
        Assert.All(search.Trials, trial => Assert.Equal((trial.BatchSize <= 77, null), (trial.Fits, trial.PeakMemory)));
    }

    [Fact]
    public void The_largest_that_is_looked_at_may_fit()
    {
        var search = new Search(1_000_000, 1_000_000, batch => 10 + batch);

        search.Run(100, null, CancellationToken.None);

        Assert.Equal(100, search.Fits);
    }

    [Fact]
    public void Not_even_the_smallest_batch_is_one_sentence()
    {
        var refusal = Assert.Throws<TResNetException>(() =>
            new Search(1L << 30, 1L << 30, _ => 3L << 30).Run(64, null, CancellationToken.None)
        );

        Assert.Equal(
            "Even a step with a batch of 2 takes 3.00 GiB, and the limit is 1.00 GiB: choose a higher one, or smaller images.",
            refusal.Message
        );
    }

    [Fact]
    public void Real_steps_stay_within_the_limit_and_leave_the_network_as_it_was()
    {
        using var net = SmallNets.Create();
        net.eval();
        var before = net.Copy();
        var limit = Machine.ResidentMemory()!.Value + (80L << 20);

        var found = LargestBatch.Find(net, [1, 28, 28], new LargestBatchOptions { MemoryLimit = limit, Most = 8192 });

        Assert.InRange(found.BatchSize, 2, 8192);
        Assert.All(found.Trials, trial => Assert.True(!trial.Fits || trial.PeakMemory <= limit));
        Assert.True(found.PeakMemory <= limit);
        Assert.Equal((limit, "cpu", false), (found.MemoryLimit, found.Device, found.Interrupted));
        before.AssertSame(net.Copy());
        Assert.False(net.training);
        Assert.All(net.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void An_interrupt_keeps_the_largest_found_so_far()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<LargestBatchProgress>(at =>
        {
            if (at.Fits == 2)
            {
                stop.Cancel();
            }
        });

        var found = LargestBatch.Find(net, [1, 28, 28], null, observer, stop.Token);

        Assert.True(found.Interrupted);
        Assert.Equal(4, found.BatchSize);
        Assert.Throws<OperationCanceledException>(() => LargestBatch.Find(net, [1, 28, 28], null, null, stop.Token));
    }

    [Fact]
    public void Bad_limits_are_one_sentence()
    {
        using var net = SmallNets.Create();
        string Refusal(LargestBatchOptions options) =>
            Assert.Throws<TResNetException>(() => LargestBatch.Find(net, [1, 28, 28], options)).Message;

        Assert.StartsWith("The memory limit is 0 bytes, but", Refusal(new LargestBatchOptions { MemoryLimit = 0 }));
        Assert.Matches(
            @"^The memory limit is 0\.0 MiB, and the process has [\d.]+ [GM]iB already",
            Refusal(new LargestBatchOptions { MemoryLimit = 1 })
        );
        Assert.StartsWith("The largest batch to look at is 1, but", Refusal(new LargestBatchOptions { Most = 1 }));
    }
}
