using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// Where a run is kept: <c>state-STEP.safetensors</c> to go on from, <c>best.safetensors</c> and <c>last.safetensors</c> with weights for use,
/// and for other programs <c>log.csv</c>, <c>log.jsonl</c> and TensorBoard's <c>events.out.tfevents.*</c>.
/// </summary>
public sealed partial class RunFolder
{
    private const string Best = "best.safetensors";
    private const string Last = "last.safetensors";
    private readonly int keep;

    private RunFolder(string path, int keep, TimeSpan? saveEvery, bool resumes)
    {
        if (keep < 1)
        {
            throw new TResNetException($"{keep} states were to be kept: keep at least 1.");
        }

        if (saveEvery <= TimeSpan.Zero)
        {
            throw new TResNetException($"A state was to be written every {saveEvery}: take a time above 0.");
        }

        (Path, this.keep, SaveEvery, Resumes) = (path, keep, saveEvery ?? TimeSpan.FromMinutes(10), resumes);
    }

    /// <summary>
    /// What whoever begins a run wants to find again when it goes on, such as where the images are: kept in its states, and read nowhere else.
    /// </summary>
    public IReadOnlyDictionary<string, string> Notes { get; private init; } = NoNotes;

    internal static IReadOnlyDictionary<string, string> NoNotes { get; } = new Dictionary<string, string>();

    /// <summary>The time after which a state is written within an epoch, beside at its end.</summary>
    public TimeSpan SaveEvery { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Whether a run goes on from the newest state.</summary>
    public bool Resumes { get; }

    /// <summary>The weights of the best epoch so far (<see cref="TrainingRun.Best"/>).</summary>
    public string BestWeights => System.IO.Path.Combine(Path, Best);

    /// <summary>The weights at the end of the last epoch.</summary>
    public string LastWeights => System.IO.Path.Combine(Path, Last);

    /// <summary>A folder for a new run.</summary>
    /// <param name="path">The folder; made if it is missing.</param>
    /// <param name="keep">How many states to keep, the newest ones; at least 1.</param>
    /// <param name="saveEvery">The time after which a state is written within an epoch, above 0; ten minutes where it is null.</param>
    /// <param name="notes">What to find again in <see cref="Notes"/> when it goes on; null for nothing.</param>
    /// <exception cref="TResNetException">There is a run in it already, or it cannot be made.</exception>
    public static RunFolder New(
        string path,
        int keep = 3,
        TimeSpan? saveEvery = null,
        IReadOnlyDictionary<string, string>? notes = null
    )
    {
        var folder = new RunFolder(path, keep, saveEvery, resumes: false) { Notes = notes ?? NoNotes };
        if (folder.States().Count > 0)
        {
            throw new TResNetException($"There is a run in {path} already: resume it, or choose another folder.");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TResNetException($"The folder {path} cannot be made ({e.Message.TrimEnd('.')}).", e);
        }

        return folder;
    }

    /// <summary>The folder of a run that is to go on.</summary>
    /// <remarks>
    /// With more <see cref="TrainingOptions.Epochs"/> than before it becomes longer, also where it was finished: from there on the learning rate is that
    /// of the longer run, as in timm, so that it may rise again.
    /// </remarks>
    /// <param name="path">The folder.</param>
    /// <param name="keep">How many states to keep, the newest ones; at least 1.</param>
    /// <param name="saveEvery">The time after which a state is written within an epoch, above 0; ten minutes where it is null.</param>
    /// <exception cref="TResNetException">There is no run in it.</exception>
    public static RunFolder Resume(string path, int keep = 3, TimeSpan? saveEvery = null)
    {
        var folder = new RunFolder(path, keep, saveEvery, resumes: true);
        return folder.States().Count > 0
            ? folder
            : throw new TResNetException(
                $"There is no run to resume in {path}: it has no state-*.safetensors. Start one without resuming."
            );
    }

    /// <summary>What the run in a folder has done, as its newest state has it; the folder is left as it is.</summary>
    /// <inheritdoc cref="Describe"/>
    internal static TrainingRun Read(string path) =>
        new RunFolder(path, keep: 1, saveEvery: null, resumes: false).Describe();

    /// <summary>The folders below one, and itself, that keep a run; the one whose state is newest first.</summary>
    /// <param name="root">Where to look.</param>
    /// <param name="levels">How many folders deep; at least 1. Hidden folders and links are passed over.</param>
    /// <returns>Folders to describe; they are left as they are, also while their runs go on.</returns>
    /// <exception cref="TResNetException">There is no such folder.</exception>
    public static IReadOnlyList<RunFolder> Find(string root, int levels = 2)
    {
        if (!Directory.Exists(root))
        {
            throw new TResNetException($"There is no folder {root}: name one that runs are kept in.");
        }

        var below = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = levels - 1,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        };
        return
        [
            .. Directory
                .EnumerateDirectories(root, "*", below)
                .Prepend(root)
                .Select(path => new RunFolder(path, keep: 1, saveEvery: null, resumes: false))
                .Where(folder => folder.States().Count > 0)
                .OrderByDescending(folder => folder.SavedAt)
                .ThenBy(folder => folder.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>When the newest state was written; null where there is none.</summary>
    public DateTimeOffset? SavedAt => States() is [.., var newest] ? new FileInfo(newest).LastWriteTimeUtc : null;

    /// <summary>What the run in the folder has done, as its newest state has it.</summary>
    /// <returns>The run, marked as interrupted where it has steps left.</returns>
    /// <exception cref="TResNetException">There is no run, or its newest state is broken.</exception>
    public TrainingRun Describe() =>
        States() is [.., var newest]
            ? TrainingState.Describe(newest).ToRun() with
            {
                Folder = this,
            }
            : throw new TResNetException(
                $"There is no run in {Path}: it has no state-*.safetensors. Name the folder that a training has as its --run."
            );

    /// <summary>The newest state.</summary>
    internal string Newest => States()[^1];

    /// <summary>Keeps a state, and only so many of those before it.</summary>
    internal void Save(RunDescription run, nn.Module model, WeightAverage? average, optim.Optimizer optimizer)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"state-{run.History.Steps.Count:D8}.safetensors");
        TrainingState.Save(System.IO.Path.Combine(Path, name), run, model, average, optimizer);
        foreach (var old in States().SkipLast(keep))
        {
            File.Delete(old);
        }
    }

    /// <summary>Keeps the weights of an epoch for use.</summary>
    internal void SaveWeights(nn.Module model, bool isBest)
    {
        Checkpoint.Save(model, LastWeights);
        if (isBest)
        {
            Checkpoint.Save(model, BestWeights);
        }
    }

    /// <summary>
    /// Removes what a process that was killed was writing. For the one that goes on with the run alone: to others, the file may be one that is
    /// being written.
    /// </summary>
    internal void RemovePartial()
    {
        if (Directory.Exists(Path))
        {
            string[] patterns = ["*.safetensors.*.partial", "log.*.partial"];
            foreach (var partial in patterns.SelectMany(pattern => Directory.EnumerateFiles(Path, pattern)))
            {
                File.Delete(partial);
            }
        }
    }

    /// <summary>The states, oldest first.</summary>
    private List<string> States() =>
        Directory.Exists(Path)
            ?
            [
                .. Directory
                    .EnumerateFiles(Path)
                    .Where(f => StateName().IsMatch(System.IO.Path.GetFileName(f)))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    [GeneratedRegex(@"^state-\d{8}\.safetensors$")]
    private static partial Regex StateName();
}
