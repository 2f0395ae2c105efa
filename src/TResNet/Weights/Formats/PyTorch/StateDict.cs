using TResNet.Files;

namespace TResNet.Weights.Formats.PyTorch;

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
    /// <summary>The attribute of the dict that says what its weights are of; <c>torch.load</c> keeps it, and nothing of PyTorch's reads it.</summary>
    internal const string Attribute = "_config";

    private const int MaxNesting = 4;
    private const int LookedAhead = 2;
    private const int NamedAtMost = 5;

    /// <summary>Where training scripts put averaged weights. They go first, as in timm: they are what such a script publishes.</summary>
    private static readonly string[] Averages =
    [
        "state_dict_ema",
        "model_ema",
        "ema_state_dict",
        "model_ema_state_dict",
        "model_state_dict_ema",
        "ema_state",
        "ema_model",
        "ema",
        "params_ema",
        "swa_state_dict",
        "model_swa",
        "swa_model",
        "averaged_model",
        "teacher",
    ];

    /// <summary>Where training scripts put weights.</summary>
    private static readonly string[] Wrappers =
    [
        .. Averages,
        "state_dict",
        "model",
        "model_state",
        "model_state_dict",
        "state",
        "net",
        "network",
        "module",
        "weights",
        "params",
    ];

    /// <summary>What is kept beside weights to go on with training; it holds tensors too.</summary>
    private static readonly string[] NotWeights =
    [
        "optim",
        "sched",
        "scaler",
        "callback",
        "loop",
        "rng",
        "hyper_parameters",
    ];

    /// <summary>What else the dict says of its tensors, as words by name.</summary>
    internal IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <summary>Finds it.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="content">What <see cref="Unpickler"/> gave.</param>
    /// <exception cref="TResNetException">There is none, or there are several of equal standing.</exception>
    internal static StateDict Find(FileBytes file, object? content)
    {
        var under = new List<string>();
        for (var dict = Dict(file, content); dict is not null && under.Count <= MaxNesting; )
        {
            var values = Values(dict);
            var tensors = values
                .Where(v => v.Value is TensorReference)
                .ToDictionary(v => v.Key, v => (TensorReference)v.Value!, StringComparer.Ordinal);
            if (Within(file, values, tensors.Count) is { } key)
            {
                under.Add(key);
                dict = Dict(file, values[key]);
            }
            else if (tensors.Count > 0)
            {
                return new StateDict(
                    under.Count == 0 ? null : string.Join('.', under),
                    tensors,
                    [.. values.Keys.Where(k => !tensors.ContainsKey(k))]
                )
                {
                    Metadata = MetadataOf(dict),
                };
            }
            else
            {
                break;
            }
        }

        throw new TResNetException(
            IsArrays(content)
                ? $"{file.Path} holds NumPy arrays in place of tensors: make them tensors with torch.from_numpy, and save the dict with torch.save."
                : $"{file.Path} holds no state dict, neither directly nor under a key such as 'state_dict', 'model' or 'model_ema': save one with torch.save(model.state_dict(), ...)."
        );
    }

    /// <summary>The key of the dict to look into in place of this one; null where this one's own tensors are meant, or there are none.</summary>
    private static string? Within(FileBytes file, Dictionary<string, object?> values, int tensors)
    {
        if (Wrappers.FirstOrDefault(w => HasWeights(file, values.GetValueOrDefault(w), LookedAhead)) is { } wrapper)
        {
            return wrapper;
        }

        // Some other name. A tensor beside it, such as the best accuracy, makes this dict no state dict yet.
        string[] others =
        [
            .. values
                .Where(v =>
                    !NotWeights.Any(n => v.Key.Contains(n, StringComparison.OrdinalIgnoreCase))
                    && CountOf(file, v.Value) > tensors
                )
                .Select(v => v.Key),
        ];
        return others.Length switch
        {
            0 => null,
            1 => others[0],
            _ => throw new TResNetException(
                $"{file.Path} holds {others.Length} state dicts, under {string.Join(", ", others.Take(NamedAtMost).Select(FileText.Quote))}: save the one that is meant with torch.save(checkpoint[...], ...)."
            ),
        };
    }

    private static bool HasWeights(FileBytes file, object? value, int depth) =>
        CountOf(file, value) > 0
        || (
            depth > 0
            && Dict(file, value) is { } dict
            && Values(dict) is var values
            && Wrappers.Any(w => HasWeights(file, values.GetValueOrDefault(w), depth - 1))
        );

    /// <summary>How many tensors are directly in a dict or a module; 0 for anything else.</summary>
    private static int CountOf(FileBytes file, object? value) =>
        Dict(file, value)?.Count(p => p is { Key: string, Value: TensorReference }) ?? 0;

    private static PickleDict? Dict(FileBytes file, object? value) =>
        PickledModule.Is(value) ? PickledModule.StateDict(file, (PickleObject)value!) : value as PickleDict;

    private static Dictionary<string, string> MetadataOf(PickleDict dict)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (dict.State is PickleDict state && Values(state).GetValueOrDefault(Attribute) is PickleDict said)
        {
            foreach (var (key, value) in said)
            {
                if (key is string name && value is string word)
                {
                    words[name] = word;
                }
            }
        }

        return words;
    }

    private static Dictionary<string, object?> Values(PickleDict dict)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in dict)
        {
            if (key is string name)
            {
                values[name] = value;
            }
        }

        return values;
    }

    private static bool IsArrays(object? content) =>
        content is PickleDict dict
        && dict.Any(p => p.Value is PickleObject o && o.ClassName.StartsWith("numpy.", StringComparison.Ordinal));
}
