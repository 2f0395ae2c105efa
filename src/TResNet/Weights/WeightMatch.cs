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
/// <param name="Channels">How the first convolution is fitted; null where it fits.</param>
/// <param name="Unused">The file's names that have no place in the network.</param>
internal sealed record WeightMatch(
    StoredNames Names,
    IReadOnlyList<string> Reset,
    long? ClassesInFile,
    string? OtherHead,
    InputChannels? Channels,
    IReadOnlyList<string> Unused
)
{
    private const int NamedAtMost = 3;
    private const string StepCounter = "num_batches_tracked";

    /// <summary>timm's names of the last layer, the one whose outputs are the classes.</summary>
    private static readonly string[] Classifiers = ["head.fc", "fc", "classifier"];

    /// <summary>What names of heads begin with, in timm, torchvision and training scripts.</summary>
    private static readonly string[] Heads =
    [
        "head.",
        "head_",
        "fc.",
        "fc_",
        "classifier.",
        "last_linear.",
        "aux_",
        "logits.",
    ];

    /// <summary>A part of a name that only one kind of head has.</summary>
    private static readonly (string Part, string Is)[] KnownHeads =
    [
        ("embedding_generator", "MIIL's bottleneck head"),
        ("decoder.", "ML-Decoder"),
        ("pre_logits", "a head with a hidden layer"),
        ("head.norm", "a head with a normalisation"),
    ];

    /// <summary>Matches names and shapes.</summary>
    /// <exception cref="TResNetException">The file is another network's.</exception>
    internal static WeightMatch Of(nn.Module module, string path, ITensorFile file, bool resetClassifier)
    {
        var state = module.state_dict();
        var names = StoredNames.Of(path, file, state.Keys);
        string[] unknown = [.. names.Stored.Keys.Where(n => !state.ContainsKey(n))];
        // A distilled network's second head averages with the first, which stands for itself.
        string[] extra =
        [
            .. unknown.Where(n =>
                n.EndsWith(StepCounter, StringComparison.Ordinal)
                || n.StartsWith("head_dist.", StringComparison.Ordinal)
            ),
        ];
        string[] unexpected = [.. unknown.Except(extra)];
        string[] reset = [];
        string? otherHead = null;
        if (Classifiers.FirstOrDefault(c => state.ContainsKey($"{c}.weight")) is { } found)
        {
            string[] ours = [.. new[] { $"{found}.weight", $"{found}.bias" }.Where(state.ContainsKey)];
            string[] head = [.. unexpected.Where(IsOfHead)];
            otherHead = head.Length == 0 ? null : Head(head);
            unexpected = resetClassifier ? [.. unexpected.Except(head)] : unexpected;
            extra = resetClassifier ? [.. extra, .. head] : extra;
            reset =
                resetClassifier
                && (otherHead is not null || !ours.All(name => IsOfSize(file, names, name, state[name])))
                    ? ours
                    : [];
        }

        string[] missing =
        [
            // It counts steps; older files and converted ones leave it out.
            .. state.Keys.Where(k =>
                !names.Stored.ContainsKey(k) && !reset.Contains(k) && !k.EndsWith(StepCounter, StringComparison.Ordinal)
            ),
        ];
        RefuseOthers(path, names, missing, unexpected, resetClassifier ? null : otherHead);
        var channels = Shapes(module, path, file, names, state, reset);
        return new WeightMatch(
            names,
            reset,
            reset.Length > 0 && otherHead is null && names.Stored.TryGetValue(reset[0], out var stored)
                ? file.Entries[stored].Shape.FirstOrDefault()
                : null,
            reset.Length > 0 ? otherHead : null,
            channels,
            [.. extra.Select(n => names.Stored[n])]
        );
    }

    private static bool IsOfSize(ITensorFile file, StoredNames names, string name, Tensor target) =>
        names.Stored.TryGetValue(name, out var stored)
        && file.Entries[stored].Shape.FirstOrDefault() == target.shape[0];

    private static bool IsOfHead(string name) => Heads.Any(h => name.StartsWith(h, StringComparison.Ordinal));

    private static string Head(string[] names) =>
        KnownHeads.FirstOrDefault(h => names.Any(n => n.Contains(h.Part, StringComparison.Ordinal))).Is
        ?? $"another, with {FileText.Quote(names[0])}";

    private static void RefuseOthers(
        string path,
        StoredNames names,
        string[] missing,
        string[] unexpected,
        string? otherHead
    )
    {
        if (missing.Length == 0 && unexpected.Length == 0)
        {
            return;
        }

        if (
            otherHead is not null
            && missing.All(m => Classifiers.Any(c => m.StartsWith(c + ".", StringComparison.Ordinal)))
            && unexpected.All(IsOfHead)
        )
        {
            throw new TResNetException(
                $"{path} has another head than this network's linear classifier: {otherHead}. Its other weights fit: train with --weights (Checkpoint.Load with resetClassifier) takes them, and the classifier starts afresh."
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
        string[] reset
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
                    $"{path} is a checkpoint of another model{Source(names)}: {FileText.Quote(stored)} is [{string.Join(", ", shape)}] there and [{string.Join(", ", target.shape)}] here. {Advice(module, names)}"
                );
        }

        return channels;
    }

    private static string Source(StoredNames names) =>
        names.Table is { } table ? $" (with the names of {table.Source})" : "";

    /// <summary>timm puts _tv behind networks that torchvision has with another shape.</summary>
    private static string Advice(nn.Module module, StoredNames names) =>
        names.Table is not null && module is Network network && Listing.Find(network.Info.Name + "_tv") is { } other
            ? $"torchvision's network of this name is {other.Info.Name} here."
            : "Build it with the same classes, channels and architecture.";

    /// <summary>As PyTorch, which takes [1] for a number; and a 1x1 convolution for the linear layer that it is.</summary>
    private static bool Fits(long[] stored, long[] wanted)
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
