using System.CommandLine;
using System.Globalization;
using Notebook;
using Notebook.Running;
using TResNet.Interactive;
using TResNet.Profiling;
using TResNet.Training;

namespace TResNet.Cli;

/// <summary><c>tresnet run</c>: a notebook from first cell to last without a front end.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var notebook = new Argument<string>("notebook") { Description = "A .dib or .ipynb file." };
        var html = new Option<string?>("--html")
        {
            Description = "Writes a page that holds everything and opens offline.",
            HelpName = "file",
        };
        var ipynb = new Option<string?>("--ipynb")
        {
            Description = "Writes the notebook with its outputs.",
            HelpName = "file",
        };
        var command = new Command("run", "Runs a notebook from first cell to last and keeps what comes out.")
        {
            notebook,
            html,
            ipynb,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var outputs = new[] { (parsed.GetValue(html), ".html"), (parsed.GetValue(ipynb), ".ipynb") }
                    .Where(output => output.Item1 is not null)
                    .Select(output => Checked(output.Item1!, output.Item2))
                    .ToArray();
                using var host = new NotebookHost([new TResNetExtension()]);
                var result = await new NotebookRunner(host).RunFileAsync(
                    parsed.GetRequiredValue(notebook),
                    outputs,
                    progress => Report(terminal, progress),
                    cancel
                );
                if (result.Error is { } error)
                {
                    Written(terminal, outputs);
                    throw new CommandException(
                        $"cell {result.FailedCell} of {parsed.GetValue(notebook)} stopped the run after {Seconds(result.Elapsed)}: {error.Value}"
                    );
                }

                terminal.WriteLine();
                foreach (var line in Results(host))
                {
                    terminal.WriteLine(line);
                }

                Written(terminal, outputs);
                terminal.WriteLine($"{parsed.GetValue(notebook)} ran to its end in {Seconds(result.Elapsed)}.");
            }
        );
        return command;
    }

    /// <summary>What the notebook found out, by the variables it left: the last run and the last profile.</summary>
    private static IEnumerable<string> Results(NotebookHost host)
    {
        var values = host
            .VariableNames.Select(name => host.TryGetVariable(name, out var value) ? value : null)
            .ToArray();
        if (values.OfType<TrainingRun>().LastOrDefault() is { Top1: { } top1 } run)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Trained: {run.Model}, top-1 {100 * top1:F1} % on {run.HeldOutData}, {run.ImagesPerSecond:0} images/s"
            );
        }

        foreach (var result in values.OfType<Profile>().LastOrDefault()?.Throughputs ?? [])
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Measured: {result.Model}, {(result.Mode == ThroughputMode.Training ? "training" : "inference")}, {result.Median:0.#} images/s"
            );
        }
    }

    private static void Written(Terminal terminal, IEnumerable<string> outputs)
    {
        foreach (var output in outputs)
        {
            terminal.WriteLine($"Written: {output}");
        }
    }

    private static string Checked(string path, string extension) =>
        Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new CommandException($"--{extension[1..]} {path} does not end in {extension}; name the file so.");

    private static void Report(Terminal terminal, RunProgress progress)
    {
        const int TitleWidth = 56;
        var title = progress.Title.Length > TitleWidth ? progress.Title[..(TitleWidth - 1)] + "…" : progress.Title;
        var cell =
            $"[{progress.Index.ToString(CultureInfo.InvariantCulture).PadLeft($"{progress.Count}".Length)}/{progress.Count}] {title}";
        if (progress.State == CellState.Started)
        {
            if (terminal.IsLive)
            {
                terminal.Write(
                    new Interactive.Formatting.ProgressLine(cell, (progress.Index - 1) / (double)progress.Count)
                );
            }

            return;
        }

        var mark = progress.State == CellState.Succeeded ? "" : "  failed";
        terminal.WriteLine(
            $"{cell.PadRight(TitleWidth + 2 * $"{progress.Count}".Length + 5)} {Seconds(progress.Elapsed), 8}{mark}"
        );
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
