using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Checkpoints;

/// <summary>Weights on disk, as safetensors with timm's parameter names: PyTorch reads them, and what timm publishes loads here.</summary>
public static class Checkpoint
{
    private const int NamedAtMost = 3;

    /// <summary>Saves parameters and buffers.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">The file, usually ending in <c>.safetensors</c>; replaced only when the new one is whole.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Save(nn.Module module, string path)
    {
        using var _ = no_grad();
        (string, Tensor)[] tensors = [.. module.state_dict().Select(p => (p.Key, p.Value))];
        AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, tensors));
    }

    /// <summary>Loads parameters and buffers. Names and shapes are checked first, so a refused file leaves the network as it was.</summary>
    /// <remarks>
    /// The official TResNet's names are taken too; its normalisation weights then become |weight| + 1e-5, which is how its in-place ABN
    /// applies them.
    /// </remarks>
    /// <param name="module">The network.</param>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <exception cref="TResNetException">The file is missing, broken, or of another network.</exception>
    public static void Load(nn.Module module, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var state = module.state_dict();
        var names = NamesInFile(path, file);
        Compare(path, file, names, state);
        var fromMagnitude =
            names.Any(n => n.Key != n.Value)
            && module.modules().OfType<Abn>().All(norm => norm.WeightKind == AbnWeight.Plain);
        using var _ = no_grad();
        foreach (var (name, target) in state)
        {
            if (!names.TryGetValue(name, out var stored))
            {
                continue;
            }

            using var scope = NewDisposeScope();
            var value = file.Read(stored);
            target.copy_(
                fromMagnitude && OfficialNames.IsAbnWeight(name) ? value.abs() + OfficialNames.AbnEpsilon : value
            );
        }
    }

    /// <summary>Our names to those of the file.</summary>
    private static Dictionary<string, string> NamesInFile(string path, SafetensorsFile file)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stored in file.Entries.Keys)
        {
            if (OfficialNames.ToTimm(stored) is { } name && !names.TryAdd(name, stored))
            {
                throw new TResNetException(
                    $"{path} holds both '{names[name]}' and '{stored}', which are one parameter under two names: remove one."
                );
            }
        }

        return names;
    }

    private static void Compare(
        string path,
        SafetensorsFile file,
        Dictionary<string, string> names,
        Dictionary<string, Tensor> state
    )
    {
        // num_batches_tracked counts steps; older files and converted ones leave it out.
        string[] missing =
        [
            .. state.Keys.Where(k =>
                !names.ContainsKey(k) && !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)
            ),
        ];
        string[] unexpected = [.. names.Where(n => !state.ContainsKey(n.Key)).Select(n => n.Value)];
        if (missing.Length > 0 || unexpected.Length > 0)
        {
            throw new TResNetException(
                $"{path} is a checkpoint of another model: {Join([Count(missing, "is missing"), Count(unexpected, "is not expected")])}. Build the model it was saved from."
            );
        }

        foreach (var (name, stored) in names)
        {
            var shape = file.Entries[stored].Shape;
            if (!shape.SequenceEqual(state[name].shape))
            {
                throw new TResNetException(
                    $"{path} is a checkpoint of another model: '{stored}' is [{string.Join(", ", shape)}] there and [{string.Join(", ", state[name].shape)}] here. Build it with the same classes, channels and architecture."
                );
            }
        }
    }

    private static string Count(string[] names, string what) =>
        names.Length == 0
            ? ""
            : $"{string.Join(", ", names.Take(NamedAtMost).Select(n => $"'{n}'"))}{(names.Length > NamedAtMost ? $" and {names.Length - NamedAtMost} more" : "")} {what}";

    private static string Join(string[] parts) => string.Join("; ", parts.Where(p => p.Length > 0));
}
