namespace TResNet.Weights.Published;

/// <summary>The folder that downloaded weights are kept in. The network is asked only for what is not there.</summary>
/// <param name="folder">Where files are kept; it is made when the first one comes.</param>
internal sealed class WeightStore(string folder)
{
    /// <summary>The user's: <c>$XDG_CACHE_HOME/tresnet</c>, or <c>~/.cache/tresnet</c> where that variable is not set.</summary>
    public static WeightStore OfUser { get; } = new(UserFolder(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")));

    /// <summary>Where files are kept.</summary>
    public string Folder { get; } = folder;

    /// <summary>Where the file of published weights is, or belongs.</summary>
    public string PathOf(PublishedWeights weights) => Path.Combine(Folder, weights.FileName);

    /// <summary>True if the file is there, so that no network is needed.</summary>
    public bool Has(PublishedWeights weights) => File.Exists(PathOf(weights));

    /// <summary>What a user means by a file or a name of published weights, downloaded if need be.</summary>
    /// <param name="fileOrName">A file, which goes first, or a name that <see cref="PublishedWeights.Find"/> knows.</param>
    /// <param name="progress">Told of a download.</param>
    /// <param name="cancel">Stops a download; what has come is kept, and the next one goes on from there.</param>
    /// <returns>The path of a file.</returns>
    /// <exception cref="TResNetException">There is neither, or the download failed.</exception>
    public async Task<string> ResolveAsync(
        string fileOrName,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        if (File.Exists(fileOrName))
        {
            return fileOrName;
        }

        if (PublishedWeights.Find(fileOrName) is { } weights)
        {
            return await FetchAsync(weights, progress, cancel).ConfigureAwait(false);
        }

        var sameModel = PublishedWeights.List(fileOrName.Split('.')[0] + ".*").Select(w => w.Name).ToArray();
        throw new TResNetException(
            sameModel.Length > 0
                ? $"There is no file {fileOrName}, and no published weights of that name: there are {string.Join(", ", sameModel)}."
                : $"There is no file {fileOrName}, and no published weights of that name: tresnet weights lists them."
        );
    }

    /// <summary>The file of published weights, downloaded if it is not there.</summary>
    /// <remarks>A download that was cut off goes on where it ended. The file gets its name only when it is whole and as it should be.</remarks>
    /// <param name="weights">Which.</param>
    /// <param name="progress">Told of the download.</param>
    /// <param name="cancel">Stops it; what has come is kept.</param>
    /// <returns>The file's path.</returns>
    /// <exception cref="TResNetException">There is no network, the file is not the one that was published, or the disk refuses.</exception>
    public async Task<string> FetchAsync(
        PublishedWeights weights,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var path = PathOf(weights);
        if (!Has(weights))
        {
            try
            {
                Directory.CreateDirectory(Folder);
                using var client = new HttpClient();
                await new Download(client, weights, path, progress).RunAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new TResNetException(
                    $"{weights.Name} could not be kept in {Folder} ({e.Message.TrimEnd('.')}): make room there, or set XDG_CACHE_HOME to another folder.",
                    e
                );
            }
        }

        return path;
    }

    internal static string UserFolder(string? cacheHome) =>
        Path.Combine(
            string.IsNullOrEmpty(cacheHome) || !Path.IsPathRooted(cacheHome)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
                : cacheHome,
            "tresnet"
        );
}

/// <summary>How far a download is.</summary>
/// <param name="Name">What is downloaded.</param>
/// <param name="Bytes">How many bytes are there, those of an earlier attempt included.</param>
/// <param name="Total">How many there will be; null if the server does not say.</param>
internal readonly record struct DownloadProgress(string Name, long Bytes, long? Total);
