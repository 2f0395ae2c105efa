using TResNet.Architectures;
using TResNet.Building;
using TResNet.Files;
using TResNet.Weights.Formats;
using TResNet.Weights.Names;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>Which tensor of a file fills which of a network, found out before anything is changed.</summary>
/// <param name="Names">The file's names for the network's.</param>
/// <param name="Reset">The network's names that get fresh values: a classifier's.</param>
/// <param name="ClassesInFile">The classes of the file's classifier, where it is of another size.</param>
/// <param name="OtherHead">What the file's head is, where it is another than the network's.</param>
/// <param name="HeadSettings">What the network has to be set to for the file's ML-Decoder; null where it is or the file has none.</param>
/// <param name="Channels">How the first convolution is fitted; null where it fits.</param>
/// <param name="Unused">The file's names that have no place in the network.</param>
internal sealed record WeightMatch(
    StoredNames Names,
    IReadOnlyList<string> Reset,
    long? ClassesInFile,
    string? OtherHead,
    string? HeadSettings,
    InputChannels? Channels,
    IReadOnlyList<string> Unused
)
{
    private const int NamedAtMost = 3;
    private const string StepCounter = "num_batches_tracked";

    /// <summary>Whether a name is that of a counter of steps, which older files and converted ones leave out.</summary>
    internal static bool IsCounter(string name) => name.EndsWith(StepCounter, StringComparison.Ordinal);

    /// <summary>Matches names and shapes.</summary>
    /// <exception cref="TResNetException">The file is another network's.</exception>
    internal static WeightMatch Of(nn.Module module, string path, ITensorFile file, bool resetClassifier)
    {
        var state = module.state_dict();
        var names = StoredNames.Of(path, file, state.Keys);
        string[] unknown = [.. names.Stored.Keys.Where(n => !state.ContainsKey(n))];
        // A distilled network's second head averages with the first, which stands for itself.
        string[] extra = [.. unknown.Where(n => IsCounter(n) || n.StartsWith("head_dist.", StringComparison.Ordinal))];
        string[] unexpected = [.. unknown.Except(extra)];
        var head = StateHead.Of(state);
        string[] theirs = head is null ? [] : [.. unexpected.Where(StateHead.Has)];
        var otherHead = theirs.Length == 0 ? null : head!.Other(theirs);
        unexpected = resetClassifier ? [.. unexpected.Except(theirs)] : unexpected;
        extra = resetClassifier ? [.. extra, .. theirs] : extra;
        IReadOnlyList<string> reset =
            head is null || !resetClassifier ? []
            : otherHead is null ? head.Misfits(ShapeOf)
            : head.Names;
        var settings = head?.Settings(ShapeOf);
        otherHead ??= reset.Count > 0 ? head!.OtherSizes(ShapeOf) : null;
        string[] missing =
        [
            .. state.Keys.Where(k => !names.Stored.ContainsKey(k) && !reset.Contains(k) && !IsCounter(k)),
        ];
        RefuseOthers(path, names, missing, unexpected, resetClassifier ? null : head, settings);
        var channels = Shapes(module, path, file, names, state, [.. reset], settings);
        return new WeightMatch(
            names,
            reset,
            reset.Count > 0 && otherHead is null ? head!.Classes(ShapeOf) : null,
            reset.Count > 0 ? otherHead : null,
            settings,
            channels,
            [.. extra.Select(n => names.Stored[n])]
        );

        long[]? ShapeOf(string name) =>
            names.Stored.TryGetValue(name, out var stored) ? file.Entries[stored].Shape : null;
    }

    private static void RefuseOthers(
        string path,
        StoredNames names,
        string[] missing,
        string[] unexpected,
        StateHead? head,
        string? settings
    )
    {
        if (missing.Length == 0 && unexpected.Length == 0)
        {
            return;
        }

        if (
            head is not null
            && unexpected.Length > 0
            && missing.All(head.Names.Contains)
            && unexpected.All(StateHead.Has)
        )
        {
            var build = settings is null ? "" : $"Build it with {settings} to load the whole. ";
            throw new TResNetException(
                $"{path} has another head than this network's {head.Kind}: {head.Other(unexpected)}. {build}Its other weights fit: train with --weights (Checkpoint.Load with resetClassifier) takes them, and the classifier starts afresh."
            );
        }

        string[] parts =
        [
            Count(missing, "missing"),
            Count([.. unexpected.Select(n => names.Stored[n])], "not expected"),
        ];
        throw new TResNetException(
            $"{path} is a checkpoint of another model{Source(names)}: {string.Join("; ", parts.Where(p => p.Length > 0))}. Build the model it was saved from."
        );
    }

    private static InputChannels? Shapes(
        nn.Module module,
        string path,
        ITensorFile file,
        StoredNames names,
        Dictionary<string, Tensor> state,
        string[] reset,
        string? settings
    )
    {
        InputChannels? channels = null;
        foreach (var (name, target) in state)
        {
            if (
                reset.Contains(name)
                || !names.Stored.TryGetValue(name, out var stored)
                || Fits(file.Entries[stored].Shape, target.shape)
            )
            {
                continue;
            }

            var shape = file.Entries[stored].Shape;
            channels =
                InputChannels.Of(module, name, shape)
                ?? throw new TResNetException(
                    $"{path} is a checkpoint of another model{Source(names)}: {FileText.Quote(stored)} is [{string.Join(", ", shape)}] there and [{string.Join(", ", target.shape)}] here. {Advice(module, names, settings)}"
                );
        }

        return channels;
    }

    private static string Source(StoredNames names) =>
        names.Table is { } table ? $" (with the names of {table.Source})" : "";

    /// <summary>timm puts _tv behind networks that torchvision has with another shape.</summary>
    private static string Advice(nn.Module module, StoredNames names, string? settings) =>
        settings is not null ? $"Build it with {settings}, as it was trained."
        : names.Table is not null && module is Network network && Listing.Find(network.Info.Name + "_tv") is { } other
            ? $"torchvision's network of this name is {other.Info.Name} here."
        : "Build it with the same classes, channels and architecture.";

    /// <summary>As PyTorch, which takes [1] for a number; and a 1x1 convolution for the linear layer that it is.</summary>
    internal static bool Fits(long[] stored, long[] wanted)
    {
        var longest = Math.Max(stored.Length, wanted.Length);
        return Padded(stored).SequenceEqual(Padded(wanted));

        IEnumerable<long> Padded(long[] shape) => shape.Concat(Enumerable.Repeat(1L, longest - shape.Length));
    }

    private static string Count(string[] names, string what) =>
        names.Length == 0
            ? ""
            : $"{string.Join(", ", names.Take(NamedAtMost).Select(FileText.Quote))}{(names.Length > NamedAtMost ? $" and {names.Length - NamedAtMost} more" : "")} {(names.Length == 1 ? "is" : "are")} {what}";
}
