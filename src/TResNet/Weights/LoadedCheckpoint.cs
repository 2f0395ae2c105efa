using System.Text;
using TResNet.Files;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>What <see cref="Checkpoint.Load"/> did.</summary>
public sealed record LoadedCheckpoint
{
    private const int NamedAtMost = 3;

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the file is, such as <c>safetensors</c> or <c>PyTorch, under 'state_dict_ema'</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The network's names that were filled.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>Whether the file says that an image may have several classes, which the network then knows (<see cref="Building.Network.MultiLabel"/>).</summary>
    public bool MultiLabel { get; init; }

    /// <summary>What else the file says of itself.</summary>
    internal WeightsDescription Description { get; init; } = new();

    /// <summary>What stood before all of these names in the file, such as <c>module.</c>; empty for nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The library whose names the file has, such as <c>torchvision</c>; null for timm's.</summary>
    public string? NamesOf { get; init; }

    /// <summary>What else to know of that library's weights, or of a graph that computes otherwise than the network; null for nothing.</summary>
    public string? Caution { get; init; }

    /// <summary>Those of <see cref="Loaded"/> that have another name in the file, to that name.</summary>
    public required IReadOnlyDictionary<string, string> Renamed { get; init; }

    /// <summary>The file's element types other than the network's, which were converted.</summary>
    public required IReadOnlyList<ScalarType> ConvertedFrom { get; init; }

    /// <summary>The file's names that were not used: what is no tensor or no weight of this network, and fixed kernels that it makes itself.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>The network's names that were given fresh values: those of a classifier of another size.</summary>
    public required IReadOnlyList<string> Reset { get; init; }

    /// <summary>The classes of the file's classifier; null if it was loaded, or the file has none.</summary>
    public long? ClassesInFile { get; init; }

    /// <summary>What the file's head is, where it is another than the network's; null where it is not.</summary>
    public string? OtherHead { get; init; }

    /// <summary>What the network has to be set to for the file's head, an ML-Decoder; null where it is, or the file has another.</summary>
    internal string? HeadSettings { get; init; }

    /// <summary>The channels of the images that the first convolution was trained on, and those that it was fitted to; null where they are the same.</summary>
    public (long From, long To)? InputChannels { get; init; }

    /// <summary>One line to show: what was loaded, and what was not as in the file.</summary>
    public override string ToString() => Description.Fault is { } fault ? $"{Line()} {fault}" : Line();

    /// <summary>The same without what is damaged of what the file says of itself.</summary>
    internal string Line()
    {
        var text = new StringBuilder($"{System.IO.Path.GetFileName(Path)} ({Format}): {Loaded.Count} tensors loaded");
        if (ConvertedFrom.Count > 0)
        {
            text.Append($", converted from {string.Join(" and ", ConvertedFrom).ToLowerInvariant()}");
        }

        if (Prefix.Length > 0)
        {
            text.Append($", without '{Prefix}' before their names");
        }

        if (NamesOf is not null)
        {
            text.Append($", by the names of {NamesOf}");
        }

        if (InputChannels is var (from, to))
        {
            text.Append($", the first convolution fitted from {from} to {Count((int)to, "channel")} of the input");
        }

        if (Skipped.Count > 0)
        {
            text.Append($", {Count(Skipped.Count, "entry", "entries")} not needed");
            text.Append(
                Skipped.Count <= NamedAtMost ? $" ({string.Join(", ", Skipped.Select(FileText.Shorten))})" : ""
            );
        }

        if (Reset.Count > 0)
        {
            var reason =
                OtherHead is not null ? $"the file's head is {OtherHead}"
                : ClassesInFile is { } classes ? $"the file's is for {Count((int)classes, "class", "classes")}"
                : "the file has none";
            text.Append($"; the classifier starts afresh ({Names(Reset)}), since {reason}");
        }

        if (Caution is not null)
        {
            text.Append($"; {Caution}");
        }

        return text.Append('.').ToString();
    }

    private static string Names(IReadOnlyList<string> names) =>
        names.Count <= NamedAtMost
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(NamedAtMost))} and {names.Count - NamedAtMost} more";

    private static string Count(int count, string one, string? more = null) =>
        count == 1 ? $"1 {one}" : $"{count} {more ?? one + "s"}";
}
