namespace TResNet.Benchmarks;

/// <summary>One of those that are measured in turn.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Round">Measures one round; null where it does not run.</param>
internal sealed record Contestant(string Name, Func<double?> Round);

/// <summary>Measures several contestants round by round, so that a machine that drifts drifts for all of them.</summary>
internal static class Turns
{
    /// <summary>The rounds of each contestant that runs, after one that does not count.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<double>> Take(
        int rounds,
        IReadOnlyList<Contestant> contestants
    )
    {
        var running = contestants.Where(contestant => contestant.Round() is not null).ToList();
        var results = running.ToDictionary(contestant => contestant.Name, _ => new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            foreach (var contestant in running)
            {
                results[contestant.Name].Add(contestant.Round()!.Value);
            }
        }

        return results.ToDictionary(result => result.Key, IReadOnlyList<double> (result) => result.Value);
    }
}
