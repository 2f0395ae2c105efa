namespace TResNet.Weights.ByGraph;

/// <summary>Finds the same layers in two graphs whose names say nothing.</summary>
/// <remarks>
/// A layer is known by its shape and by all that comes before and after it, with the ways there (colour refinement: Weisfeiler and Leman, 1968). Those that are
/// alike in all that are taken in their order, and what that tells of others goes before the next.
/// </remarks>
internal static class LayerMatch
{
    // Each takes a look at all: of those that are alike networks here have a few dozens.
    private const int MostPicks = 512;

    /// <summary>The layers of two graphs in pairs.</summary>
    /// <param name="ours">Those of one.</param>
    /// <param name="theirs">Those of the other.</param>
    /// <returns>For each of ours the other's; null where the graphs are not the same.</returns>
    /// <exception cref="TResNetException">More layers are alike than in any network here.</exception>
    public static IReadOnlyList<WeightedLayer>? Find(
        IReadOnlyList<WeightedLayer> ours,
        IReadOnlyList<WeightedLayer> theirs
    )
    {
        if (ours.Count != theirs.Count)
        {
            return null;
        }

        var (ourPicks, theirPicks) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        while (true)
        {
            var colours = new Dictionary<string, int>();
            var their = Coloured(theirs, colours, theirPicks)
                .Select((colour, i) => (colour, i))
                .ToLookup(each => each.colour, each => each.i);
            var our = Coloured(ours, colours, ourPicks)
                .Select((colour, i) => (colour, i))
                .ToLookup(each => each.colour, each => each.i);
            if (our.Any(alike => alike.Count() != their[alike.Key].Count()))
            {
                return null;
            }

            if (our.FirstOrDefault(alike => alike.Skip(1).Any()) is not { } open)
            {
                var pairs = our.ToDictionary(alike => alike.Single(), alike => their[alike.Key].Single());
                return AreConnectedAlike(ours, theirs, pairs)
                    ? [.. Enumerable.Range(0, ours.Count).Select(i => theirs[pairs[i]])]
                    : null;
            }

            // Of those that are alike the first are a pair; what is around them is told apart by that.
            if (ourPicks.Count == MostPicks)
            {
                throw new TResNetException(
                    $"more than {MostPicks} of its layers are like others in all that can be seen of them"
                );
            }

            ourPicks[open.First()] = theirPicks[their[open.Key].First()] = ourPicks.Count;
        }
    }

    private static bool AreConnectedAlike(
        IReadOnlyList<WeightedLayer> ours,
        IReadOnlyList<WeightedLayer> theirs,
        Dictionary<int, int> pairs
    ) =>
        pairs.All(pair =>
            theirs[pair.Value]
                .Before.SetEquals(ours[pair.Key].Before.Select(path => path with { Layer = pairs[path.Layer] }))
        );

    /// <summary>The first layer of ours that the other graph has none like, with the same before it; null where there is none.</summary>
    public static WeightedLayer? FirstStranger(IReadOnlyList<WeightedLayer> ours, IReadOnlyList<WeightedLayer> theirs)
    {
        var colours = new Dictionary<string, int>();
        var their = Coloured(theirs, colours, []).Select(colour => colour.Before).ToHashSet();
        return ours.Zip(Coloured(ours, colours, [])).FirstOrDefault(pair => !their.Contains(pair.Second.Before)).First;
    }

    private static (int Before, int After)[] Coloured(
        IReadOnlyList<WeightedLayer> layers,
        Dictionary<string, int> colours,
        Dictionary<int, int> picks
    )
    {
        var (before, after) = (new int[layers.Count], new int[layers.Count]);
        var readers = layers.Select(_ => new List<LayerPath>()).ToArray();
        for (var i = 0; i < layers.Count; i++)
        {
            before[i] = Colour(
                "before",
                picks.TryGetValue(i, out var pick) ? $"{layers[i].Label} {pick}" : layers[i].Label,
                layers[i].Before.Select(path => $"{before[path.Layer]}{path.Turns}")
            );
            foreach (var path in layers[i].Before)
            {
                readers[path.Layer].Add(path with { Layer = i });
            }
        }

        for (var i = layers.Count - 1; i >= 0; i--)
        {
            after[i] = Colour(
                "after",
                layers[i].Label,
                readers[i].Select(path => $"{before[path.Layer]}/{after[path.Layer]}{path.Turns}")
            );
        }

        return [.. before.Zip(after)];

        // The same words are the same colour in both graphs.
        int Colour(string side, string label, IEnumerable<string> others)
        {
            var words = $"{side} {label} {string.Join(' ', others.Order(StringComparer.Ordinal))}";
            if (!colours.TryGetValue(words, out var colour))
            {
                colours[words] = colour = colours.Count;
            }

            return colour;
        }
    }
}
