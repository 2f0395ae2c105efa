using System.Text;
using static TorchSharp.torch;

namespace TResNet.Checkpoints;

/// <summary>What <see cref="Checkpoint.Load"/> did.</summary>
public sealed record LoadedCheckpoint
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the file is, such as <c>safetensors</c> or <c>PyTorch, under 'state_dict_ema'</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The network's names that were filled.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>Those of <see cref="Loaded"/> that have another name in the file, to that name.</summary>
    public required IReadOnlyDictionary<string, string> Renamed { get; init; }

    /// <summary>The file's element types other than the network's, which were converted.</summary>
    public required IReadOnlyList<ScalarType> ConvertedFrom { get; init; }

    /// <summary>The file's names that were not used: what is no tensor, and fixed kernels that a network here makes itself.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>The network's names that were given fresh values: those of a classifier of another size.</summary>
    public required IReadOnlyList<string> Reset { get; init; }

    /// <summary>The classes of the file's classifier; null if it was loaded, or the file has none.</summary>
    public long? ClassesInFile { get; init; }

    /// <summary>One line to show: what was loaded, and what was not as in the file.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{System.IO.Path.GetFileName(Path)} ({Format}): {Loaded.Count} tensors loaded");
        if (ConvertedFrom.Count > 0)
        {
            text.Append($", converted from {string.Join(" and ", ConvertedFrom).ToLowerInvariant()}");
        }

        if (Renamed.Count > 0)
        {
            var (ours, theirs) = Renamed.First();
            text.Append($", {Renamed.Count} of them renamed ({theirs} is {ours})");
        }

        if (Skipped.Count > 0)
        {
            text.Append($", {Skipped.Count} entries not needed");
        }

        if (Reset.Count > 0)
        {
            text.Append(
                ClassesInFile is { } classes
                    ? $"; the classifier starts afresh ({string.Join(", ", Reset)}), since the file's is for {classes} classes"
                    : $"; the classifier starts afresh ({string.Join(", ", Reset)}), since the file has none"
            );
        }

        return text.Append('.').ToString();
    }
}
