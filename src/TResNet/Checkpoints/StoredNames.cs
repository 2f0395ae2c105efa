namespace TResNet.Checkpoints;

/// <summary>The names in a file and ours: timm's, which are also torchvision's for its ResNets.</summary>
/// <param name="Stored">Our names to the file's.</param>
/// <param name="AreOfficial">True if the file's are those of the official TResNet, whose normalisation weights have to be converted.</param>
/// <param name="Skipped">The file's names that no network here has a place for: fixed blur kernels.</param>
internal sealed record StoredNames(
    IReadOnlyDictionary<string, string> Stored,
    bool AreOfficial,
    IReadOnlyList<string> Skipped
)
{
    /// <summary>What a network wrapped in torch.nn.DataParallel puts before every name.</summary>
    private const string ParallelPrefix = "module.";

    /// <summary>Reads the names off a file.</summary>
    /// <exception cref="TResNetException">Two of the file's names are one of ours.</exception>
    internal static StoredNames Of(string path, ITensorFile file)
    {
        var isOfficial = file.Entries.Keys.Any(n => OfficialNames.Tells(Unwrapped(n)));
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        var skipped = new List<string>();
        foreach (var theirs in file.Entries.Keys)
        {
            var name = isOfficial ? OfficialNames.ToTimm(Unwrapped(theirs)) : Unwrapped(theirs);
            if (name is null)
            {
                skipped.Add(theirs);
            }
            else if (!stored.TryAdd(name, theirs))
            {
                throw new TResNetException(
                    $"{path} holds both {FileText.Quote(stored[name])} and {FileText.Quote(theirs)}, which are one parameter under two names: remove one."
                );
            }
        }

        return new StoredNames(stored, isOfficial, skipped);
    }

    private static string Unwrapped(string name) =>
        name.StartsWith(ParallelPrefix, StringComparison.Ordinal) ? name[ParallelPrefix.Length..] : name;
}
