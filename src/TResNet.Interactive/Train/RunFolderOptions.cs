using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that say where a run is kept, and what of it goes on.</summary>
internal sealed class RunFolderOptions
{
    private readonly Option<string?> folder = new("--run")
    {
        Description =
            "The folder that keeps the run: its state after each epoch and every few minutes, the last and the best weights, and logs.",
        HelpName = "folder",
    };
    private readonly Option<bool> resume = new("--resume")
    {
        Description =
            "Goes on with the run in the folder, as if it had not stopped, with its network, images and recipe. A larger --epochs makes it longer, also where it was finished: from there on the learning rate is that of the longer run.",
    };
    private readonly Option<int> keep = CommonOptions.Make("--keep", "How many states to keep.", 3, "number");

    private readonly Option<double> saveEvery = CommonOptions.Make(
        "--save-every",
        "Minutes after which a state is written within an epoch.",
        10.0,
        "minutes"
    );

    public RunFolderOptions() => OptionGroups.Put("Run", All);

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [folder, resume, keep, saveEvery];

    /// <summary>The folder as it was named; null where nothing is kept.</summary>
    public string? Path(ParseResult parsed) => parsed.GetValue(folder);

    /// <summary>The folder of what is to go on; null where nothing is.</summary>
    public string? PathToResume(ParseResult parsed) => parsed.GetValue(resume) ? parsed.GetValue(folder) : null;

    /// <summary>A run that was begun of several that are to go on; null where none are.</summary>
    public TrainingRun? OneOfSeveral(ParseResult parsed) =>
        PathToResume(parsed) is { } path && Directory.Exists(path)
            ? RunFolder.Find(path, levels: 1).FirstOrDefault(kept => kept.Path != path)?.Describe()
            : null;

    /// <summary>Refuses a folder that keeps a single run, where it is to have several below it.</summary>
    /// <exception cref="CommandException">It keeps one.</exception>
    public void RequireNoOneRun(ParseResult parsed)
    {
        if (parsed.GetValue(folder) is { } path && Keeps(path))
        {
            throw new CommandException(
                $"{path} keeps one run, and each of several has a folder of its own below that of --run: choose another folder."
            );
        }
    }

    /// <summary>The folder; null where nothing is kept.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="notes">What a new run is to find again when it goes on.</param>
    /// <param name="part">The folder's name below the one that was named, for one of several runs: it goes on where it was begun; null for none.</param>
    /// <exception cref="CommandException">A run is to go on, and no folder says which.</exception>
    public RunFolder? Read(ParseResult parsed, IReadOnlyDictionary<string, string> notes, string? part = null)
    {
        var named = parsed.GetValue(folder);
        var path = named is null || part is null ? named : System.IO.Path.Combine(named, part);
        var (states, every) = (parsed.GetValue(keep), TimeSpan.FromMinutes(parsed.GetValue(saveEvery)));
        if (!parsed.GetValue(resume) || (part is not null && path is not null && !Keeps(path)))
        {
            return path is null ? null : RunFolder.New(path, states, every, notes);
        }

        return path is null
            ? throw new CommandException("--resume goes on with a run: name its folder with --run.")
            : RunFolder.Resume(path, states, every);
    }

    private static bool Keeps(string path) =>
        Directory.Exists(path) && RunFolder.Find(path, levels: 1).Any(kept => kept.Path == path);
}
