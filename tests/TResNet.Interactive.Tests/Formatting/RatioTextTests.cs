using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>What is said of networks that were timed in turns, and of those that were not.</summary>
public sealed class RatioTextTests
{
    [Fact]
    public void A_difference_has_its_interval_and_where_there_is_none_that_is_said()
    {
        var table = ProfileViews.Comparison(
            new ProfileResult
            {
                Summaries = [],
                Throughputs =
                [
                    Timed("first", 7, turn => 100 + turn, again: turn => 101 + turn),
                    Timed("twice as fast", 7, turn => 2 * (100 + turn)),
                    Timed("the same", 7, turn => 100 + turn + (turn % 2 == 0 ? 3 : -3)),
                    Timed("by less than the machine", 7, turn => 1.005 * (100 + turn)),
                ],
            }
        );

        var column = table.Columns.Select(each => each.Header).ToList().IndexOf("of the first");
        Assert.Equal(["1", "2.00 ×", "≈ 1", "unclear"], table.Rows.Select(row => row[column].Text));
        Assert.Equal([null, "2.00–2.00", "0.97–1.03", "1.00–1.00"], table.Rows.Select(row => row[column].Aside));
        Assert.Contains(
            "first, timed once more at the end of each turn (inference), was 1.0% faster: no difference smaller than that is claimed (unclear).",
            table.Note
        );
    }

    [Fact]
    public void Few_turns_show_their_ratio_and_that_it_proves_nothing()
    {
        ThroughputResult[] results = [Timed("first", 5, _ => 100), Timed("other", 5, _ => 300)];

        Assert.Equal(("3.00 ×", "5 turns"), (Other().Text, Other().Aside));
        Assert.Contains("fewer than 6 turns prove nothing", Assert.Single(RatioText.Notes(results)));
        Assert.Equal(
            "other was 3.00 × as fast as first in batches of 8, over 5 turns: fewer than 6 prove nothing.",
            RatioText.Sentence("other", "first", "in batches of 8", PairedRatio.Of(results[1], results[0])!)
        );

        Cell Other() => RatioText.OfFirst(results[1], results);
    }

    [Fact]
    public void What_was_timed_apart_is_named_and_not_compared()
    {
        var first = Timed("first", 7, _ => 100);
        var together = Timed("beside", 7, _ => 150);
        var apart = Timed("apart", 7, _ => 150) with { Turns = [new TurnRounds("another day", [150], [])] };

        var table = ComparisonViews.Table(
            new Comparison { Networks = [Network(first), Network(together), Network(apart)] }
        );

        var column = table.Columns.Select(each => each.Header).ToList().IndexOf("images/s");
        Assert.Equal([null, "1.50 ×, 1.50–1.50", null], table.Rows.Select(row => row[column].Aside));
        Assert.Contains("Timed at another time than first: apart. ", table.Note);
        Assert.DoesNotContain("beside", table.Note!.Split("Timed at another time")[1].Split('\n')[0]);
    }

    [Fact]
    public void A_throughput_table_compares_each_network_with_the_first()
    {
        var note = ThroughputViews
            .Table(
                new ThroughputCurves
                {
                    Curves = [Curve(Timed("first", 7, _ => 100)), Curve(Timed("other", 7, _ => 25))],
                }
            )
            .Note;

        Assert.Contains("other is 0.25 × (0.25–0.25) as fast as first in batches of 8.", note);
    }

    [Theory]
    [InlineData(
        90,
        150,
        "it multiplies 1.80 × as fast, and that does not make up for it",
        "it multiplies 3.00 × as fast, and that more than makes up for it"
    )]
    [InlineData(
        100,
        50,
        "it multiplies 2.00 × as fast, and the two cannot be told apart",
        "it multiplies 1.00 × as fast, and that does not make up for it"
    )]
    public void Of_two_networks_it_is_said_whether_the_rate_makes_up_for_the_work(
        double plain,
        double optimised,
        string asItIs,
        string after
    )
    {
        var profile = new ProfileResult
        {
            Summaries = [Samples.Summary("light", 1, 1_000), Samples.Summary("heavy", 1, 2_000)],
            Throughputs = [Timed("light", 7, _ => 100), Timed("heavy", 7, _ => plain)],
            Optimized = [Timed("light", 7, _ => 100), Timed("heavy", 7, _ => optimised)],
        };

        Assert.Equal(
            $"heavy multiplies 2.00 × as much for an image as light: as it is, {asItIs}; optimised, {after}.",
            string.Join(' ', WorkSentence.Of(profile))
        );
    }

    [Fact]
    public void Nothing_is_said_of_the_work_where_turns_are_few_or_the_work_is_the_same()
    {
        ProfileResult Of(int turns, long work) =>
            new()
            {
                Summaries = [Samples.Summary("one", 1, 1_000), Samples.Summary("other", 1, work)],
                Throughputs = [Timed("one", turns, _ => 100), Timed("other", turns, _ => 300)],
            };

        Assert.Single(WorkSentence.Of(Of(7, 2_000)));
        Assert.Empty(WorkSentence.Of(Of(5, 2_000)));
        Assert.Empty(WorkSentence.Of(Of(7, 1_010)));
    }

    private static ComparedNetwork Network(ThroughputResult result) =>
        new()
        {
            Name = result.Model,
            Family = "a family",
            InputSize = 32,
            Parameters = 1,
            MultiplyAdds = 1,
            Activations = 1,
            Inference = result,
        };

    private static ThroughputCurve Curve(ThroughputResult result) =>
        new()
        {
            Model = result.Model,
            Machine = result.Machine,
            Results = [result],
        };

    private static ThroughputResult Timed(
        string model,
        int turns,
        Func<int, double> rate,
        Func<int, double>? again = null
    )
    {
        double[] rounds = [.. Enumerable.Range(0, turns).Select(rate)];
        double[] twice = again is null ? [] : [.. Enumerable.Range(0, turns).Select(again)];
        return new ThroughputResult
        {
            Model = model,
            InputShape = [8, 3, 32, 32],
            Options = new ThroughputOptions { BatchSize = 8, Rounds = turns },
            Rounds = rounds,
            Turns = [new TurnRounds("together", rounds, twice)],
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "channels last",
            Machine = "a machine",
            Library = "a library",
            Date = new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero),
            PeakMemory = null,
        };
    }
}
