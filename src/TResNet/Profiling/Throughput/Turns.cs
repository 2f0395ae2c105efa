// What is compared is measured in turns: a machine that drifts then drifts for all of them.

using TResNet.Profiling.Options;

namespace TResNet.Profiling.Throughput;

/// <summary>The rounds of one of several that were timed in turns.</summary>
/// <param name="Id">Which turns: results that have it in common can be paired, round by round.</param>
/// <param name="Rounds">Images a second, one for each turn from the first on.</param>
/// <param name="Again">
/// The first one's rounds at the end of each turn, which differ from <paramref name="Rounds"/> by what the machine did meanwhile; empty of others, and of
/// one that was timed alone.
/// </param>
internal sealed record TurnRounds(string Id, IReadOnlyList<double> Rounds, IReadOnlyList<double> Again);

/// <summary>Times several things, a round of each at a time.</summary>
internal static class Turns
{
    /// <summary>
    /// A turn is a round of each and once more of the first, in order and every other turn backwards, so that what changes steadily favours none. Turns end
    /// with the last round, and where the budget of all together is spent.
    /// </summary>
    /// <param name="timers">Warm; at least one.</param>
    /// <param name="options">How many rounds, and the budget of each; validated.</param>
    /// <param name="clock">What tells the time.</param>
    /// <param name="progress">Told of each round that counts: whose, from 0, which, from 1, and its rate.</param>
    /// <param name="cancel">Honoured between two batches; the rounds done so far are the result.</param>
    /// <returns>One for each, in order; those that a cancel left without a round have none.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static IReadOnlyList<TurnRounds> Run(
        IReadOnlyList<RoundTimer> timers,
        ThroughputOptions options,
        TimeProvider clock,
        Action<int, int, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var rounds = timers.Select(_ => new List<double>()).ToArray();
        var again = new List<double>();
        var started = clock.GetTimestamp();
        try
        {
            for (
                var turn = 0;
                turn < options.Rounds && (turn == 0 || clock.GetElapsedTime(started) < timers.Count * options.Budget);
                turn++
            )
            {
                if (timers.Count == 1)
                {
                    Note(0, timers[0].Round(cancel));
                    continue;
                }

                foreach (var place in Order(turn))
                {
                    var rate = timers[place % timers.Count].RoundAfterOthers(cancel);
                    if (place == timers.Count)
                    {
                        again.Add(rate);
                    }
                    else
                    {
                        Note(place, rate);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && rounds.Any(each => each.Count > 0))
        {
            // What has been measured stays measured.
        }

        var id = Guid.NewGuid().ToString("N");
        return [.. rounds.Select((each, i) => new TurnRounds(id, each, i == 0 ? again : []))];

        IEnumerable<int> Order(int turn)
        {
            var order = Enumerable.Range(0, timers.Count + 1);
            return turn % 2 == 0 ? order : order.Reverse();
        }

        void Note(int place, double rate)
        {
            rounds[place].Add(rate);
            progress?.Invoke(place, rounds[place].Count, rate);
        }
    }
}
