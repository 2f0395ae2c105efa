// What is wrong with a state that is being loaded, gathered in full so that one message can say it all.
namespace TorchSharp;

/// <summary>Collects the differences between a module's state and the one it is given.</summary>
internal sealed class StateMismatch(string module)
{
    private const int Shown = 8;
    private readonly List<string> _shapes = [];

    /// <summary>Names that the module has and the given state lacks.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Names that the given state has and the module lacks.</summary>
    public List<string> Unexpected { get; } = [];

    /// <summary>Notes a tensor whose shape differs.</summary>
    public void CompareShapes(string key, ReadOnlySpan<long> expected, ReadOnlySpan<long> found)
    {
        if (!expected.SequenceEqual(found))
        {
            _shapes.Add($"'{key}' is [{Join(expected)}] here and [{Join(found)}] there");
        }
    }

    /// <summary>Throws when there is any difference, with one sentence per kind.</summary>
    public void ThrowIfAny()
    {
        if (Missing.Count + Unexpected.Count + _shapes.Count == 0)
        {
            return;
        }

        List<string> sentences = [$"The state does not fit {module}."];
        Add(sentences, "Missing", Missing.ConvertAll(key => $"'{key}'"));
        Add(sentences, "Unexpected", Unexpected.ConvertAll(key => $"'{key}'"));
        Add(sentences, "Other shapes", _shapes);
        throw new InvalidOperationException(string.Join(' ', sentences));
    }

    private static void Add(List<string> sentences, string kind, List<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        string more = items.Count > Shown ? $" and {items.Count - Shown} more" : "";
        sentences.Add($"{kind} ({items.Count}): {string.Join(", ", items.Take(Shown))}{more}.");
    }

    private static string Join(ReadOnlySpan<long> shape) => string.Join(", ", shape.ToArray());
}
