namespace TResNet.Weights.ByGraph;

/// <summary>In what two graphs of the same layers compute otherwise.</summary>
internal static class GraphDifference
{
    /// <summary>What there is to know of it, as a part of a sentence; null where nothing is.</summary>
    /// <param name="pairs">The layers.</param>
    public static string? Of(IEnumerable<(WeightedLayer Ours, WeightedLayer Theirs)> pairs)
    {
        var found = pairs.Select(pair => Of(pair.Ours, pair.Theirs)).OfType<string>().ToList();
        return found.Count == 0
            ? null
            : $"the file's network is not this one, and answers otherwise: {found[0]}"
                + (found.Count == 1 ? "" : $", and there are {found.Count - 1} more such places");
    }

    private static string? Of(WeightedLayer ours, WeightedLayer theirs) =>
        !ours.Functions.IsLike(theirs.Functions)
            ? $"before {ours.Names.FirstOrDefault(ours.Label)} it has {theirs.Functions}, and this one {ours.Functions}"
        : ours.Border is { } own && theirs.Border is { } other && !own.IsLike(other, ours.Stride)
            ? $"{ours.Weight} reads its map with other zeros around it, {other} above, left, below and right, and here {own}"
        : null;
}
