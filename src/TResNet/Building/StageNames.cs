namespace TResNet.Building;

/// <summary>What people call the parts of a network's row, each of which ends where the next begins.</summary>
/// <param name="parts">The paths of the parts in their order, and which of them are stages.</param>
internal sealed class StageNames(IReadOnlyList<(string Path, bool IsStage)> parts)
{
    private const string Stem = "stem";
    private const string Features = "features";

    // Holds all of the row in some families, so that it tells nothing apart.
    private const string Body = "body.";

    /// <summary>The names to choose from, first to last: all before the first stage, each stage, and all but the head.</summary>
    public IReadOnlyList<string> All =>
        [Stem, .. parts.Where(part => part.IsStage).Select(part => Short(part.Path)), Features];

    /// <summary>How many parts there are up to the end of one.</summary>
    /// <param name="name">One of <see cref="All"/>, or the path of a part or of what holds some, as parameters are called.</param>
    /// <param name="network">The network's name, for a message.</param>
    /// <exception cref="TResNetException">There is no such stage.</exception>
    public int End(string name, string network)
    {
        var end = name switch
        {
            Features => parts.Count,
            Stem => parts.TakeWhile(part => !part.IsStage).Count(),
            _ => 1 + parts.Index().LastOrDefault(part => IsWithin(part.Item.Path, name), (-1, default)).Index,
        };
        return end > 0
            ? end
            : throw new TResNetException(
                $"{network} has no stage '{name}' to freeze: take one of {string.Join(", ", All)}, and all up to and including it stays as it is."
            );
    }

    private static bool IsWithin(string path, string name) =>
        path == name || Short(path) == name || path.StartsWith(name + ".", StringComparison.Ordinal);

    private static string Short(string path) =>
        path.StartsWith(Body, StringComparison.Ordinal) ? path[Body.Length..] : path;
}
