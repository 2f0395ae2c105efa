using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

/// <summary>Networks that are timed in turns, together as far as memory goes.</summary>
public sealed class ThroughputComparisonTests
{
    private static readonly ThroughputOptions Quick = new()
    {
        BatchSize = 2,
        WarmUp = 1,
        Rounds = 3,
        RoundTime = TimeSpan.FromMilliseconds(5),
    };

    [Fact]
    public void All_are_timed_in_the_same_turns_and_left_as_they_were()
    {
        using var net = SmallNets.Create();
        net.train();
        var before = net.Copy();
        var tensors = 0L;
        var comparison = Compare(
            net,
            [Quick with { Mode = ThroughputMode.Training }, Quick, Quick with { Optimize = true }]
        );

        // Once before, for what stays from the first time on.
        comparison.Run(default);
        tensors = LiveTensors.Settled();
        comparison = Compare(
            net,
            [Quick with { Mode = ThroughputMode.Training }, Quick, Quick with { Optimize = true }]
        );
        comparison.Run(default);

        var results = comparison.Outcomes.Select(outcome => outcome.Result!).ToArray();
        Assert.All(results, result => Assert.Equal(3, result.Rounds.Count));
        Assert.Single(results.Select(result => Assert.Single(result.Turns).Id).Distinct());
        Assert.Equal([3, 0, 0], results.Select(result => result.Turns[0].Again.Count));
        Assert.Equal(3, PairedRatio.Of(results[2], results[1])!.Turns);
        Assert.True(net.training);
        before.AssertSame(net.Copy());
        Assert.InRange(LiveTensors.Settled() - tensors, long.MinValue, 5);
    }

    [Fact]
    public void Where_memory_has_room_for_two_each_is_timed_with_the_first()
    {
        using var net = SmallNets.Create();
        var done = new List<int[]>();
        var comparison = Compare(net, [Quick, Quick, Quick, Quick], _ => false, done.Add);

        comparison.Run(default);

        Assert.Equal(
            [
                [0, 1],
                [2],
                [3],
            ],
            done
        );
        var results = comparison.Outcomes.Select(outcome => outcome.Result!).ToArray();
        Assert.Equal([3, 1, 1, 1], results.Select(result => result.Turns.Count));
        Assert.All(results.Skip(1), result => Assert.Equal(3, PairedRatio.Of(result, results[0])!.Turns));
        Assert.Null(PairedRatio.Of(results[2], results[1]));
    }

    [Fact]
    public void One_that_cannot_be_timed_says_why_and_the_others_are_timed()
    {
        using var net = SmallNets.Create();
        var comparison = new ThroughputComparison([
            new TimingRequest(() => net, [3, 28, 28], Quick),
            new TimingRequest(() => net, [1, 28, 28], Quick),
        ]);

        comparison.Run(default);

        Assert.StartsWith("Sequential does not take images of 3 x 28 x 28", comparison.Outcomes[0].Refused!.Message);
        Assert.Equal(3, comparison.Outcomes[1].Result!.Rounds.Count);
    }

    [Fact]
    public void A_cancel_keeps_the_rounds_that_are_done()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var comparison = new ThroughputComparison([
            new TimingRequest(() => net, [1, 28, 28], Quick),
            new TimingRequest(() => net, [1, 28, 28], Quick),
        ])
        {
            Progress = at =>
            {
                if (at is { Number: 1, Round: 2 })
                {
                    stop.Cancel();
                }
            },
        };

        Assert.Throws<OperationCanceledException>(() => comparison.Run(stop.Token));

        // The second turn goes backwards.
        Assert.Equal([1, 2], comparison.Outcomes.Select(outcome => outcome.Result!.Rounds.Count));
        Assert.Equal(1, PairedRatio.Of(comparison.Outcomes[1].Result!, comparison.Outcomes[0].Result!)!.Turns);
    }

    [Fact]
    public void Of_a_network_that_nobody_gets_back_no_copy_is_kept_meanwhile()
    {
        using var net = SmallNets.Create();
        Most(true); // what stays from the first time on
        var lent = Most(true);
        var own = Most(false);

        Assert.Equal(net.state_dict().Count, lent - own);

        long Most(bool isLent)
        {
            var (already, most) = (LiveTensors.Settled(), 0L);
            var request = new TimingRequest(() => net, [1, 28, 28], Quick with { Mode = ThroughputMode.Training })
            {
                IsLent = isLent,
            };
            new ThroughputComparison([request])
            {
                Progress = _ => most = Math.Max(most, LiveTensors.Settled() - already),
            }.Run(default);
            return most;
        }
    }

    private static ThroughputComparison Compare(
        nn.Module<Tensor, Tensor> net,
        ThroughputOptions[] ways,
        Func<ThroughputComparison, bool>? room = null,
        Action<int[]>? done = null
    ) =>
        new([.. ways.Select(way => new TimingRequest(() => net, [1, 28, 28], way))])
        {
            HasRoom = room ?? (_ => true),
            Done = (numbers, _) => done?.Invoke([.. numbers]),
        };
}
