using TResNet.Files;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>The names in a file and ours, which are timm's.</summary>
/// <param name="Stored">Our names to the file's.</param>
/// <param name="Prefix">What stood before every name that was taken, such as <c>module.</c>; empty for nothing.</param>
/// <param name="Table">Whose names the file has; null for timm's own, which torchvision's ResNets share.</param>
/// <param name="Skipped">The file's names that were left out: fixed blur kernels, counters of an average, and what stands beside the network.</param>
internal sealed record StoredNames(
    IReadOnlyDictionary<string, string> Stored,
    string Prefix,
    NameTable? Table,
    IReadOnlyList<string> Skipped
)
{
    /// <summary>What a wrapper puts into names at any place: torch.compile, FullyShardedDataParallel, checkpointed activations.</summary>
    private static readonly string[] Inserted = ["_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."];

    /// <summary>What wrappers and training frameworks put before all names.</summary>
    private static readonly string[] Prefixes =
    [
        "module.",
        "model.",
        "backbone.",
        "net.",
        "network.",
        "encoder.",
        "ema_model.",
        "ema.",
    ];

    /// <summary>Words in the prefix of averaged weights, which go first.</summary>
    private static readonly string[] Averages = ["ema", "swa", "average", "teacher"];

    private const int DeepestPrefix = 12;

    /// <summary>True if the file's names are those of the official TResNet, whose normalisation weights have to be converted.</summary>
    internal bool AreOfficial => Table is OfficialNames;

    /// <summary>Reads the names off a file.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="wanted">
    /// The network's names: what stands before them in the file, whatever it is, is taken off. Without a network only the prefixes of known
    /// wrappers are.
    /// </param>
    /// <exception cref="TResNetException">Two of the file's names are one of ours, or two networks in it fit as well.</exception>
    internal static StoredNames Of(string path, ITensorFile file, IReadOnlyCollection<string>? wanted = null)
    {
        // PyTorch's SWA counts its averages in a tensor beside the network.
        var names = file.Entries.Keys.Where(n => n != "n_averaged").ToDictionary(n => n, Inner, StringComparer.Ordinal);
        var known = Known(names.Values);
        var best = Read(path, file, names, known);
        if (wanted is not null)
        {
            var score = Score(best, wanted);
            foreach (var prefix in Candidates(names.Values, wanted.Count).Where(p => p != known))
            {
                var next = Read(path, file, names, prefix);
                var nextScore = Score(next, wanted);
                if (nextScore == score && score > wanted.Count / 2 && IsAverage(prefix) == IsAverage(best.Prefix))
                {
                    throw new TResNetException(
                        $"{path} holds two such networks, under {FileText.Quote(best.Prefix)} and {FileText.Quote(prefix)}: save the one that is meant with torch.save(model.state_dict(), ...)."
                    );
                }

                if (nextScore > score || (nextScore == score && score > 0 && IsAverage(prefix)))
                {
                    (best, score) = (next, nextScore);
                }
            }
        }

        return best;
    }

    private static int Score(StoredNames names, IReadOnlyCollection<string> wanted) =>
        wanted.Count(names.Stored.ContainsKey);

    private static bool IsAverage(string prefix) =>
        Averages.Any(word => prefix.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The names under a prefix, through the table that knows them.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="names">The file's names to those without what wrappers inserted.</param>
    /// <param name="prefix">What is taken off.</param>
    private static StoredNames Read(string path, ITensorFile file, Dictionary<string, string> names, string prefix)
    {
        var under = names
            .Where(n => n.Value.StartsWith(prefix, StringComparison.Ordinal))
            .Select(n => (Theirs: n.Key, Name: n.Value[prefix.Length..]))
            .ToList();
        var skipped = file.Entries.Keys.Where(n =>
            !names.TryGetValue(n, out var inner) || !inner.StartsWith(prefix, StringComparison.Ordinal)
        );
        var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (var (theirs, name) in under)
        {
            entries.TryAdd(name, file.Entries[theirs]);
        }

        var table = NameTable.All.FirstOrDefault(t => t.Tells(entries.Keys));
        var mapper = table?.Mapper(entries) ?? (name => name);
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = new List<string>(skipped);
        foreach (var (theirs, name) in under)
        {
            if (mapper(name) is not { } ours)
            {
                left.Add(theirs);
            }
            else if (!stored.TryAdd(ours, theirs))
            {
                throw new TResNetException(
                    $"{path} holds both {FileText.Quote(stored[ours])} and {FileText.Quote(theirs)}, which are one parameter under two names: remove one."
                );
            }
        }

        var whole = under.Find(u => u.Theirs.EndsWith(u.Name, StringComparison.Ordinal));
        return new StoredNames(stored, whole.Theirs?[..^whole.Name.Length] ?? prefix, table, left);
    }

    private static string Inner(string name)
    {
        foreach (var wrapper in Inserted)
        {
            name = name.Replace(wrapper, "", StringComparison.Ordinal);
        }

        return name;
    }

    /// <summary>The prefixes of known wrappers that all names have, in any order.</summary>
    private static string Known(IReadOnlyCollection<string> names)
    {
        var prefix = "";
        while (
            names.Count > 0
            && Prefixes.FirstOrDefault(p =>
                names.All(n => n.AsSpan(prefix.Length).StartsWith(p, StringComparison.Ordinal))
            )
                is { } next
        )
        {
            prefix += next;
            names = [.. names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];
        }

        return prefix;
    }

    /// <summary>Beginnings under which at least half as many names stand as the network has.</summary>
    private static IEnumerable<string> Candidates(IEnumerable<string> names, int wanted)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = wanted };
        foreach (var name in names)
        {
            var dot = -1;
            for (var depth = 0; depth < DeepestPrefix && (dot = name.IndexOf('.', dot + 1)) >= 0; depth++)
            {
                var prefix = name[..(dot + 1)];
                counts[prefix] = counts.GetValueOrDefault(prefix) + 1;
            }
        }

        return counts.Where(c => c.Value >= wanted / 2).Select(c => c.Key).OrderBy(p => p.Length);
    }
}
