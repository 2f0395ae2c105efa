namespace TResNet.Weights.ByGraph;

/// <summary>Finds the same layers in two graphs whose names say nothing.</summary>
/// <remarks>
/// A layer is known by its shape and by all that comes before and after it, with the ways there (colour refinement: Weisfeiler and Leman, 1968). Those that are
/// alike in all that are taken in their order.
/// </remarks>
internal static class LayerMatch
{
    /// <summary>The layers of two graphs in pairs.</summary>
    /// <param name="ours">Those of one.</param>
    /// <param name="theirs">Those of the other.</param>
    /// <returns>For each of ours the other's; null where the graphs are not the same.</returns>
    public static IReadOnlyList<WeightedLayer>? Find(
        IReadOnlyList<WeightedLayer> ours,
        IReadOnlyList<WeightedLayer> theirs
    )
    {
        if (ours.Count != theirs.Count)
        {
            return null;
        }

        var colours = new Dictionary<string, int>();
        var their = new Dictionary<(int, int), Queue<WeightedLayer>>();
        foreach (var (layer, colour) in theirs.Zip(Coloured(theirs, colours)))
        {
            their.TryAdd(colour, new());
            their[colour].Enqueue(layer);
        }

        var found = new List<WeightedLayer>();
        foreach (var colour in Coloured(ours, colours))
        {
            if (!their.TryGetValue(colour, out var alike) || !alike.TryDequeue(out var layer))
            {
                return null;
            }

            found.Add(layer);
        }

        return found;
    }

    /// <summary>The first layer of ours that the other graph has none like, with the same before it; null where there is none.</summary>
    public static WeightedLayer? FirstStranger(IReadOnlyList<WeightedLayer> ours, IReadOnlyList<WeightedLayer> theirs)
    {
        var colours = new Dictionary<string, int>();
        var their = Coloured(theirs, colours).Select(colour => colour.Before).ToHashSet();
        return ours.Zip(Coloured(ours, colours)).FirstOrDefault(pair => !their.Contains(pair.Second.Before)).First;
    }

    private static (int Before, int After)[] Coloured(
        IReadOnlyList<WeightedLayer> layers,
        Dictionary<string, int> colours
    )
    {
        var (before, after) = (new int[layers.Count], new int[layers.Count]);
        var readers = layers.Select(_ => new List<LayerPath>()).ToArray();
        for (var i = 0; i < layers.Count; i++)
        {
            before[i] = Colour(
                "before",
                layers[i].Label,
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
