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

    /// <summary>The folder; null where nothing is kept.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="notes">What a new run is to find again when it goes on.</param>
    /// <exception cref="CommandException">A run is to go on, and no folder says which.</exception>
    public RunFolder? Read(ParseResult parsed, IReadOnlyDictionary<string, string> notes)
    {
        var path = parsed.GetValue(folder);
        var (states, every) = (parsed.GetValue(keep), TimeSpan.FromMinutes(parsed.GetValue(saveEvery)));
        if (!parsed.GetValue(resume))
        {
            return path is null ? null : RunFolder.New(path, states, every, notes);
        }

        return path is null
            ? throw new CommandException("--resume goes on with a run: name its folder with --run.")
            : RunFolder.Resume(path, states, every);
    }
}
