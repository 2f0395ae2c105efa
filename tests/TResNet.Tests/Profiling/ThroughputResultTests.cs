using TResNet.Compute;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Tests.Profiling;

public sealed class ThroughputResultTests
{
    [Fact]
    public void The_result_is_the_median_with_its_spread()
    {
        var result = Measured([40, 10, 30, 20, 100]);

        Assert.Equal((30, 10, 100), (result.Median, result.Min, result.Max));
        Assert.Equal((20, 40), (result.LowerQuartile, result.UpperQuartile));
        Assert.Equal(25, Measured([40, 10, 30, 20]).Median);
        Assert.Equal((7, 7, 7), (Measured([7]).Median, Measured([7]).LowerQuartile, Measured([7]).UpperQuartile));
    }

    [Fact]
    public void A_measurement_with_missing_rounds_says_so()
    {
        Assert.False(Measured([1, 2, 3]).Shortened);
        Assert.True((Measured([1, 2, 3]) with { Rounds = [1, 2] }).Shortened);
    }

    [Fact]
    public void Options_outside_their_range_give_one_sentence()
    {
        Assert.Equal(
            "The batch size is 0, but it has to be from 1 to 65,536; choose a value in that range.",
            Refused(new ThroughputOptions { BatchSize = 0 })
        );
        Assert.StartsWith(
            "The batch size is 1,",
            Refused(new ThroughputOptions { BatchSize = 1, Mode = ThroughputMode.Training })
        );
        Assert.StartsWith("The number of rounds is 0,", Refused(new ThroughputOptions { Rounds = 0 }));
        Assert.StartsWith("The number of warm-up batches is -1,", Refused(new ThroughputOptions { WarmUp = -1 }));
        Assert.StartsWith(
            "The number of batches in a round is 0,",
            Refused(new ThroughputOptions { BatchesPerRound = 0 })
        );
        Assert.StartsWith("The time budget is 0 s,", Refused(new ThroughputOptions { Budget = TimeSpan.Zero }));
    }

    [Fact]
    public void The_machine_is_described_in_one_line() =>
        Assert.Matches(@"^.+, \d+ cores, \d+ GiB, .+, \.NET 10\.", Machine.Describe());

    private static string Refused(ThroughputOptions options) =>
        Assert.Throws<TResNetException>(() => options.Validate()).Message;

    private static ThroughputResult Measured(double[] rounds) =>
        new()
        {
            Model = "m",
            InputShape = [1, 3, 32, 32],
            Options = new ThroughputOptions { Rounds = rounds.Length },
            Rounds = rounds,
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "contiguous",
            Machine = "a machine",
            Library = "libtorch 1.13.0",
            Date = new DateTimeOffset(2026, 11, 22, 5, 0, 0, TimeSpan.Zero),
            PeakMemory = null,
        };
}
