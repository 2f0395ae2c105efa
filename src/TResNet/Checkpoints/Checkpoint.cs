using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Checkpoints;

/// <summary>
/// Weights on disk with timm's parameter names, as safetensors or as PyTorch state dicts: PyTorch reads what is saved here, and what timm,
/// torchvision and the official TResNet publish loads here.
/// </summary>
public static class Checkpoint
{
    private const int NamedAtMost = 3;

    /// <summary>timm's names of the last layer, the one whose outputs are the classes.</summary>
    private static readonly string[] Classifiers = ["head.fc", "fc", "classifier"];

    /// <summary>Saves parameters and buffers.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">
    /// The file, replaced only when the new one is whole. Its ending says the format: <c>.safetensors</c>, or <c>.pth</c> and <c>.pt</c>,
    /// which PyTorch opens with <c>torch.load(path, weights_only=True)</c>.
    /// </param>
    /// <exception cref="TResNetException">The ending is another, or the disk refuses.</exception>
    public static void Save(nn.Module module, string path)
    {
        using var _ = no_grad();
        var write = CheckpointFile.WriterFor(path);
        TensorSource[] tensors = [.. module.state_dict().Select(p => TensorSource.Of(p.Key, p.Value))];
        AtomicFile.Write(path, stream => write(stream, tensors));
    }

    /// <summary>Loads parameters and buffers. Names and shapes are checked first, so a refused file leaves the network as it was.</summary>
    /// <remarks>
    /// <para>The file may be safetensors, or a PyTorch state dict in the zip format or the older one, also within a training checkpoint
    /// (under <c>state_dict_ema</c>, <c>model_ema</c>, <c>state_dict</c> or <c>model</c>) and with <c>module.</c> before its names. Nothing
    /// in it is run. Elements are converted to the network's type as they are read, a few megabytes at a time.</para>
    /// <para>The official TResNet's names are taken too; its normalisation weights then become |weight| + 1e-5, which is how its in-place
    /// ABN applies them.</para>
    /// </remarks>
    /// <param name="module">The network.</param>
    /// <param name="path">The file; what it is, its first bytes say.</param>
    /// <param name="resetClassifier">
    /// What to do with a classifier of another number of classes: false refuses the file, true gives the network's classifier fresh values
    /// (weights normal with standard deviation 0.01, bias 0) and loads the rest.
    /// </param>
    /// <returns>What was loaded, renamed, skipped and reset.</returns>
    /// <exception cref="TResNetException">The file is missing, broken, or of another network.</exception>
    public static LoadedCheckpoint Load(nn.Module module, string path, bool resetClassifier = false)
    {
        using var file = CheckpointFile.Open(path);
        var state = module.state_dict();
        var names = StoredNames.Of(path, file);
        var reset = resetClassifier ? ClassifierToReset(file, names, state) : [];
        Compare(path, file, names, state, reset);
        var fromMagnitude =
            names.AreOfficial && module.modules().OfType<Abn>().All(norm => norm.WeightKind == AbnWeight.Plain);
        using var _ = no_grad();
        var loaded = new List<string>();
        foreach (var (name, target) in state)
        {
            if (reset.Contains(name))
            {
                Reset(target);
            }
            else if (names.Stored.TryGetValue(name, out var stored))
            {
                TensorStreaming.CopyInto(file, stored, target);
                if (fromMagnitude && OfficialNames.IsAbnWeight(name))
                {
                    OfficialNames.ToPlainWeight(target);
                }

                loaded.Add(name);
            }
        }

        return new LoadedCheckpoint
        {
            Path = path,
            Format = file.Format,
            Loaded = loaded,
            Renamed = loaded.Where(n => names.Stored[n] != n).ToDictionary(n => n, n => names.Stored[n]),
            ConvertedFrom =
            [
                .. loaded
                    .Where(n => file.Entries[names.Stored[n]].Type != state[n].dtype)
                    .Select(n => file.Entries[names.Stored[n]].Type)
                    .Distinct(),
            ],
            Skipped = [.. file.Ignored, .. names.Skipped],
            Reset = reset,
            ClassesInFile = ClassesInFile(file, names, reset),
        };
    }

    /// <summary>Writes a checkpoint in another format, or with timm's names, tensor by tensor: the whole is never in memory.</summary>
    /// <param name="from">The file to read; see <see cref="Load"/>.</param>
    /// <param name="to">The file to write; see <see cref="Save"/>. Element types stay.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="TResNetException">The one is missing or broken, the other cannot be written, or they are the same file.</exception>
    public static ConvertedCheckpoint Convert(string from, string to)
    {
        var write = CheckpointFile.WriterFor(to);
        if (Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            throw new TResNetException($"{from} would be read and written at once: name another file to write.");
        }

        using var _ = no_grad();
        using var file = CheckpointFile.Open(from);
        var names = StoredNames.Of(from, file);
        TensorSource[] tensors =
        [
            .. names.Stored.Select(n => new TensorSource(n.Key, file.Entries[n.Value], () => Make(n.Key, n.Value))),
        ];
        AtomicFile.Write(to, stream => write(stream, tensors));
        return new ConvertedCheckpoint(
            from,
            to,
            file.Format,
            tensors.Length,
            tensors.Sum(t => t.Entry.Bytes),
            names.Stored.Count(n => n.Key != n.Value),
            [.. file.Ignored, .. names.Skipped]
        );

        Tensor Make(string name, string stored)
        {
            var tensor = TensorStreaming.Read(file, stored);
            if (names.AreOfficial && OfficialNames.IsAbnWeight(name))
            {
                OfficialNames.ToPlainWeight(tensor);
            }

            return tensor;
        }
    }

    /// <summary>The classifier's names, if the file has none or one of another number of classes.</summary>
    private static string[] ClassifierToReset(ITensorFile file, StoredNames names, Dictionary<string, Tensor> state)
    {
        if (Classifiers.FirstOrDefault(c => state.ContainsKey($"{c}.weight")) is not { } classifier)
        {
            return [];
        }

        string[] ours = [.. new[] { $"{classifier}.weight", $"{classifier}.bias" }.Where(state.ContainsKey)];
        var isTheSame = ours.All(name =>
            names.Stored.TryGetValue(name, out var stored)
            && file.Entries[stored].Shape.FirstOrDefault() == state[name].shape[0]
        );
        return isTheSame ? [] : ours;
    }

    private static long? ClassesInFile(ITensorFile file, StoredNames names, string[] reset) =>
        reset.Length > 0 && names.Stored.TryGetValue(reset[0], out var stored)
            ? file.Entries[stored].Shape.FirstOrDefault()
            : null;

    private static void Reset(Tensor classifier)
    {
        if (classifier.dim() > 1)
        {
            nn.init.normal_(classifier, 0, 0.01);
        }
        else
        {
            nn.init.zeros_(classifier);
        }
    }

    private static void Compare(
        string path,
        ITensorFile file,
        StoredNames names,
        Dictionary<string, Tensor> state,
        string[] reset
    )
    {
        // num_batches_tracked counts steps; older files and converted ones leave it out.
        string[] missing =
        [
            .. state.Keys.Where(k =>
                !names.Stored.ContainsKey(k)
                && !reset.Contains(k)
                && !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)
            ),
        ];
        string[] unexpected = [.. names.Stored.Where(n => !state.ContainsKey(n.Key)).Select(n => n.Value)];
        if (missing.Length > 0 || unexpected.Length > 0)
        {
            throw new TResNetException(
                $"{path} is a checkpoint of another model: {Join([Count(missing, "missing"), Count(unexpected, "not expected")])}. Build the model it was saved from."
            );
        }

        foreach (var (name, stored) in names.Stored)
        {
            var shape = file.Entries[stored].Shape;
            if (!reset.Contains(name) && !shape.SequenceEqual(state[name].shape))
            {
                throw new TResNetException(
                    $"{path} is a checkpoint of another model: {FileText.Quote(stored)} is [{string.Join(", ", shape)}] there and [{string.Join(", ", state[name].shape)}] here. Build it with the same classes, channels and architecture."
                );
            }
        }
    }

    private static string Count(string[] names, string what) =>
        names.Length == 0
            ? ""
            : $"{string.Join(", ", names.Take(NamedAtMost).Select(FileText.Quote))}{(names.Length > NamedAtMost ? $" and {names.Length - NamedAtMost} more" : "")} {(names.Length == 1 ? "is" : "are")} {what}";

    private static string Join(string[] parts) => string.Join("; ", parts.Where(p => p.Length > 0));
}
