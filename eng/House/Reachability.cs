namespace House;

/// <summary>What is reached by following arrows, and which arrows that makes superfluous.</summary>
internal static class Reachability
{
    /// <summary>What each node reaches by one arrow or more.</summary>
    public static Dictionary<T, HashSet<T>> Of<T>(IEnumerable<(T From, T To)> arrows)
        where T : notnull
    {
        var next = arrows.ToLookup(a => a.From, a => a.To);
        return arrows
            .SelectMany(a => new[] { a.From, a.To })
            .Distinct()
            .ToDictionary(
                start => start,
                start =>
                {
                    var seen = new HashSet<T>();
                    for (var waiting = new Stack<T>(next[start]); waiting.TryPop(out var at); )
                    {
                        if (seen.Add(at))
                        {
                            foreach (var to in next[at])
                            {
                                waiting.Push(to);
                            }
                        }
                    }

                    return seen;
                }
            );
    }

    /// <summary>The transitive reduction: without the arrows whose target is reached through another one. There is no circle.</summary>
    public static (T From, T To)[] Reduced<T>(IReadOnlyCollection<(T From, T To)> arrows)
        where T : notnull
    {
        var reached = Of(arrows);
        var next = arrows.ToLookup(a => a.From, a => a.To);
        return [.. arrows.Where(arrow => !next[arrow.From].Any(other => reached[other].Contains(arrow.To)))];
    }
}
