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
    /// <param name="module">The network.</param>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <exception cref="TResNetException">The file is missing, broken, or of another network.</exception>
    public static void Load(nn.Module module, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var state = module.state_dict();
        Compare(path, file, state);
        using var _ = no_grad();
        foreach (var (name, target) in state)
        {
            if (!file.Entries.ContainsKey(name))
            {
                continue;
            }

            using var scope = NewDisposeScope();
            target.copy_(file.Read(name));
        }
    }

    private static void Compare(string path, SafetensorsFile file, Dictionary<string, Tensor> state)
    {
        // num_batches_tracked counts steps; older files and converted ones leave it out.
        string[] missing =
        [
            .. state.Keys.Where(k =>
                !file.Entries.ContainsKey(k) && !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)
            ),
        ];
        string[] unexpected = [.. file.Entries.Keys.Where(k => !state.ContainsKey(k))];
        if (missing.Length > 0 || unexpected.Length > 0)
        {
            throw new TResNetException(
                $"{path} is a checkpoint of another model: {Join([Count(missing, "is missing"), Count(unexpected, "is not expected")])}. Build the model it was saved from."
            );
        }

        foreach (var (name, entry) in file.Entries)
        {
            if (!entry.Shape.SequenceEqual(state[name].shape))
            {
                throw new TResNetException(
                    $"{path} is a checkpoint of another model: '{name}' is [{string.Join(", ", entry.Shape)}] there and [{string.Join(", ", state[name].shape)}] here. Build it with the same classes, channels and architecture."
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
