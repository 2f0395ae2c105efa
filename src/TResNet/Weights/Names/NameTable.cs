using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>The names that another library gives a family's parameters, and timm's for them. One file a library, and nothing else knows its names.</summary>
internal abstract class NameTable
{
    /// <summary>Every table; a file has the names of one at most.</summary>
    internal static IReadOnlyList<NameTable> All { get; } =
    [
        new OfficialNames(),
        new MLDecoderNames(),
        new TorchvisionMobileNetV2Names(),
        new TorchvisionEfficientNetNames(),
        new TorchvisionMnasNetNames(),
        new TorchvisionRegNetNames(),
        new PyclsEfficientNetNames(),
        new PyclsRegNetNames(),
        new LukemelasEfficientNetNames(),
    ];

    /// <summary>Whose names they are, such as <c>torchvision</c>.</summary>
    internal abstract string Source { get; }

    /// <summary>What a user has to know of such weights beside their names; null for nothing.</summary>
    internal virtual string? Caution => null;

    /// <summary>True if these names are the table's: by one that no other library has.</summary>
    /// <param name="names">A file's names, without prefixes of wrappers.</param>
    internal abstract bool Tells(IEnumerable<string> names);

    /// <summary>What gives timm's name for each of a file's names; null for what timm does not keep. A name that is unknown stays.</summary>
    /// <param name="entries">The file's tensors by name, without prefixes of wrappers.</param>
    internal abstract Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries);

    /// <summary>Exchanges the beginning of a name: the first that it has; the name as it is where it has none.</summary>
    private protected static string Replace(string name, params (string Theirs, string Ours)[] beginnings)
    {
        foreach (var (theirs, ours) in beginnings)
        {
            if (name.StartsWith(theirs, StringComparison.Ordinal))
            {
                return ours + name[theirs.Length..];
            }
        }

        return name;
    }
}
