using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Tests.Profiling;

/// <summary>What is said of networks that were timed in turns, on a machine whose clock, drift and bursts are made up.</summary>
public sealed class TurnsTests
{
    private static readonly ThroughputOptions Options = new() { BatchSize = 8, Budget = TimeSpan.FromMinutes(5) };

    // Steady but for jitter; a neighbour that comes often and briefly; one that stays for seconds; all on a machine that breathes.
    public static TheoryData<double, double, double> Neighbours =>
        new()
        {
            { 0, 1, 1 },
            { 0.2, 0.5, 2 },
            { 0.1, 3, 1.8 },
        };

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void Two_equal_networks_are_rarely_called_different(double often, double seconds, double slower)
    {
        var wrong = Enumerable.Range(0, 100).Count(seed => Compare(seed, 1, often, seconds, slower).IsDifferent);

        Assert.InRange(wrong, 0, 5);
    }

    [Theory]
    [MemberData(nameof(Neighbours))]
    public void A_tenth_is_found(double often, double seconds, double slower)
    {
        var found = Enumerable
            .Range(1000, 100)
            .Select(seed => Compare(seed, 1.1, often, seconds, slower))
            .Count(ratio => ratio is { IsDifferent: true, Value: < 1 });

        Assert.InRange(found, 90, 100);
    }

    [Fact]
    public void One_after_the_other_a_drift_would_have_been_a_difference()
    {
        // The clock of a machine that gets slower by 2 % a second: turns cancel it.
        var clock = new MadeUpClock(new Random(1), 0, 1, 1) { SlowingASecond = 0.02 };
        var turns = Run(clock, 1, 1);

        var ratio = Pair(turns);
        Assert.False(ratio.IsDifferent);
        Assert.InRange(ratio.Value, 0.99, 1.01);
        Assert.True(turns[0].Rounds[0] / turns[0].Rounds[^1] > 1.05, "the machine did not drift");
    }

    [Fact]
    public void A_machine_that_changes_within_each_turn_is_told_and_no_difference_below_it_claimed()
    {
        // Its own second round shows the network a fifth slower, so that a tenth means nothing and a half does.
        double[] first = [.. Enumerable.Repeat(100.0, 11)];
        double[] again = [.. Enumerable.Repeat(80.0, 11)];

        var tenth = PairedRatio.Of([.. Enumerable.Repeat(90.0, 11)], first, first, again)!;
        var half = PairedRatio.Of([.. Enumerable.Repeat(50.0, 11)], first, first, again)!;

        Assert.Equal(0.25, tenth.Drift, 1e-9);
        Assert.Equal((false, true), (tenth.IsDifferent, half.IsDifferent));
        Assert.Equal((0.5, 0.5, 0.5), (half.Value, half.Lower, half.Upper));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void Few_turns_claim_nothing(int turns, bool different)
    {
        double[] rounds = [.. Enumerable.Range(0, turns).Select(i => 100.0 + i)];
        double[] others = [.. rounds.Select(rate => rate / 2)];

        Assert.Equal(different, PairedRatio.Of(rounds, others, [], [])!.IsDifferent);
    }

    [Theory]
    // Hesterberg's table 4: n = 5, 10, 20, 100 ask for tails of 0.0010, 0.0086, 0.0159, 0.0231 where 0.025 is meant.
    [InlineData(5, 0.0010)]
    [InlineData(10, 0.0086)]
    [InlineData(20, 0.0159)]
    [InlineData(100, 0.0231)]
    public void Tails_are_as_wide_as_few_pairs_ask_for(int count, double tail) =>
        Assert.Equal(tail, PairedRatio.ExpandedTail(count), 2e-4);

    [Fact]
    public void A_round_lasts_at_least_its_time_and_the_warm_up_twice_that()
    {
        var clock = new MadeUpClock(new Random(1), 0, 1, 1);
        var timed = new MadeUpNetwork(clock, TimeSpan.FromMilliseconds(3));

        var timer = new RoundTimer(timed, Options, clock, default);
        var warm = clock.GetElapsedTime(0);
        timer.Round(default);

        Assert.InRange(warm.TotalSeconds, 0.4, 0.41);
        Assert.InRange((clock.GetElapsedTime(0) - warm).TotalSeconds, 0.2, 0.25);
    }

    [Fact]
    public void Every_other_turn_goes_backwards_and_the_first_has_two_rounds_in_each()
    {
        var clock = new MadeUpClock(new Random(1), 0, 1, 1);
        var order = new List<string>();
        RoundTimer[] timers =
        [
            .. new[] { "a", "b", "c" }.Select(name => new RoundTimer(
                new MadeUpNetwork(clock, TimeSpan.FromSeconds(1)) { Entered = () => order.Add(name) },
                Options,
                clock,
                default
            )),
        ];

        Turns.Run(timers, Options with { Rounds = 2 }, clock);

        Assert.Equal("abcaacba", string.Concat(order));
    }

    [Fact]
    public void A_spent_budget_ends_the_turns_of_all()
    {
        var clock = new MadeUpClock(new Random(1), 0, 1, 1);
        var options = Options with { Budget = TimeSpan.FromSeconds(2) };
        RoundTimer[] timers =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ => new RoundTimer(
                    new MadeUpNetwork(clock, TimeSpan.FromSeconds(0.9)),
                    options,
                    clock,
                    default
                )),
        ];

        var turns = Turns.Run(timers, options, clock);

        // Two networks have 4 s, a turn takes 2.7 s, and none begins after that.
        Assert.All(turns, each => Assert.Equal(2, each.Rounds.Count));
    }

    private static PairedRatio Compare(int seed, double slower, double often, double seconds, double slowdown) =>
        Pair(Run(new MadeUpClock(new Random(seed), often, seconds, slowdown), 1, slower));

    private static PairedRatio Pair(IReadOnlyList<TurnRounds> turns) =>
        PairedRatio.Of(turns[1].Rounds, turns[0].Rounds, turns[0].Rounds, turns[0].Again)!;

    private static IReadOnlyList<TurnRounds> Run(MadeUpClock clock, params double[] slower) =>
        Turns.Run(
            [
                .. slower.Select(factor => new RoundTimer(
                    new MadeUpNetwork(clock, TimeSpan.FromMilliseconds(20 * factor)),
                    Options,
                    clock,
                    default
                )),
            ],
            Options,
            clock
        );

    private sealed class MadeUpNetwork(MadeUpClock clock, TimeSpan batch) : ITimed
    {
        public Action? Entered { get; init; }

        public int BatchSize => Options.BatchSize;

        public IDisposable Enter()
        {
            Entered?.Invoke();
            return new MemoryStream();
        }

        public void Run(int batches, CancellationToken cancel)
        {
            for (var i = 0; i < batches; i++)
            {
                clock.Work(batch.TotalSeconds);
            }
        }
    }

    /// <summary>A machine: work takes longer while a neighbour is there, and its speed breathes by a seventh either way.</summary>
    private sealed class MadeUpClock(Random random, double often, double seconds, double slower) : TimeProvider
    {
        private readonly double phase = random.NextDouble() * 2 * Math.PI;
        private readonly double period = 5 + 35 * random.NextDouble();
        private double now;
        private double busyFrom = often == 0 ? double.PositiveInfinity : -Math.Log(1 - random.NextDouble()) / often;
        private double busyUntil = double.NegativeInfinity;

        public double SlowingASecond { get; init; }

        public override long GetTimestamp() => (long)(now * TimestampFrequency);

        public void Work(double left)
        {
            while (left > 1e-9)
            {
                if (now >= busyFrom)
                {
                    busyUntil = now - seconds * Math.Log(1 - random.NextDouble());
                    busyFrom = busyUntil - Math.Log(1 - random.NextDouble()) / often;
                }

                var step = Math.Min(left, 0.01);
                var jitter = Math.Exp(0.03 * Gauss());
                var speed =
                    SlowingASecond > 0
                        ? 1 + SlowingASecond * now
                        : 1 + 0.15 * Math.Sin(phase + 2 * Math.PI * now / period);
                now += step * speed * jitter * (now < busyUntil ? slower : 1);
                left -= step;
            }
        }

        private double Gauss() =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
