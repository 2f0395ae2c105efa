namespace TResNet.Weights.ByGraph;

/// <summary>The way from a layer with weights to one that reads it, through what has none.</summary>
/// <param name="Layer">The position of the layer.</param>
/// <param name="Turns">What tells it from other ways between the two: parts of channels, places among channels, sides exchanged.</param>
internal readonly record struct LayerPath(int Layer, string Turns = "")
{
    /// <summary>Rows and columns exchanged.</summary>
    public const string Transposed = "t";

    /// <summary>One of several parts of the channels, counted from the first.</summary>
    public static string Part(int number) => $"s{number}";

    /// <summary>One of several maps whose channels are put one after another.</summary>
    public static string Place(int number) => $"c{number}";

    /// <summary>Ways that go on.</summary>
    public static IEnumerable<LayerPath> Through(IEnumerable<LayerPath> paths, string turn) =>
        paths.Select(path => path with { Turns = path.Turns + turn });
}
