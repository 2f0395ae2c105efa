using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>Lists the runs that are kept in a folder and lays their curves over each other.</summary>
internal static class RunsCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var folder = new Argument<string?>("folder")
        {
            Description = "A run's folder, or one with runs up to two levels below. Default: the current one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var variable = CommonOptions.Name("--name", "The variable that gets the runs: the newest first.", "runs");
        var command = new Command(name, "Lists the runs kept in a folder; in a notebook with their curves.")
        {
            folder,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var root = parsed.GetValue(folder) ?? ".";
                var (runs, broken) = Read(root, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), runs);
                notebook.Display(new View { Parts = [RunViews.Table(runs, root), .. broken] });
                if (RunViews.Chart(runs, root) is { } chart)
                {
                    notebook.Display(chart);
                }
            }
        );
        return command;
    }

    /// <summary>The runs, newest first, and a sentence for each that cannot be read.</summary>
    private static (IReadOnlyList<TrainingRun> Runs, IReadOnlyList<string> Broken) Read(
        string root,
        CancellationToken cancel
    )
    {
        var (runs, broken) = (new List<TrainingRun>(), new List<string>());
        foreach (var kept in RunFolder.Find(root))
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                runs.Add(kept.Describe());
            }
            catch (TResNetException refused)
            {
                broken.Add(refused.Message);
            }
        }

        return runs.Count + broken.Count > 0
            ? (runs, broken)
            : throw new CommandException(
                $"No runs are kept in {root} or up to two levels below: the train command makes one with --run {Path.Combine(root, "my-run")}."
            );
    }
}
