namespace TResNet.Checkpoints.PyTorch;

/// <summary>The dict of tensors within what a file holds.</summary>
/// <param name="Under">The key it lay under; null if it is the file's whole content.</param>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Others">The names whose values are no tensors.</param>
internal sealed record StateDict(
    string? Under,
    IReadOnlyDictionary<string, TensorReference> Tensors,
    IReadOnlyList<string> Others
)
{
    private const int MaxNesting = 4;

    /// <summary>Where training scripts put the weights; the averaged ones first, since those are the ones they publish.</summary>
    private static readonly string[] Wrappers = ["state_dict_ema", "model_ema", "state_dict", "model"];

    /// <summary>Finds it.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="content">What <see cref="Unpickler"/> gave.</param>
    /// <exception cref="TResNetException">There is none.</exception>
    internal static StateDict Find(FileBytes file, object? content)
    {
        string? under = null;
        for (var depth = 0; depth <= MaxNesting && content is PickleDict dict; depth++)
        {
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (key, value) in dict)
            {
                if (key is string name)
                {
                    values[name] = value;
                }
            }

            var tensors = values
                .Where(v => v.Value is TensorReference)
                .ToDictionary(v => v.Key, v => (TensorReference)v.Value!, StringComparer.Ordinal);
            if (tensors.Count > 0)
            {
                return new StateDict(under, tensors, [.. values.Keys.Where(k => !tensors.ContainsKey(k))]);
            }

            if (Wrappers.FirstOrDefault(w => values.GetValueOrDefault(w) is PickleDict) is not { } wrapper)
            {
                break;
            }

            under = under is null ? wrapper : $"{under}.{wrapper}";
            content = values[wrapper];
        }

        throw new TResNetException(
            $"{file.Path} holds no state dict, neither directly nor under {string.Join(", ", Wrappers[..^1].Select(w => $"'{w}'"))} or '{Wrappers[^1]}': save one with torch.save(model.state_dict(), ...)."
        );
    }
}
