using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Notebook;
using Notebook.Runner;
using TResNet.Evaluation;
using TResNet.Interactive;
using TResNet.Interactive.Profile;
using TResNet.Profiling.Options;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Cli;

/// <summary><c>tresnet run</c>: a notebook from first cell to last without a front end.</summary>
internal static partial class RunCommand
{
    /// <summary>What <c>timeout</c> of GNU coreutils reports for a program that took too long.</summary>
    private const int TimedOut = 124;

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
        var outs = new Option<string[]>("--out")
        {
            Description =
                "Writes a file that ends in .html or .ipynb; the word html or ipynb alone names it after the notebook. May be repeated.",
            HelpName = "file",
            DefaultValueFactory = _ => [],
        };
        var parameters = new Option<string[]>("--param")
        {
            Description =
                "Sets a variable in place of the default in the cell tagged parameters (in a .dib: whose first line is // parameters). May be repeated.",
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };
        var file = new Option<string?>("--params-file")
        {
            Description = "Sets every member of a JSON object so, where no --param does.",
            HelpName = "file",
        };
        var timeout = new Option<double?>("--timeout")
        {
            Description = "Interrupts a cell that takes longer and ends the run, with exit code 124.",
            HelpName = "seconds",
        };
        var command = new Command(
            "run",
            "Runs a notebook from first cell to last and keeps what comes out, whatever ends it."
        )
        {
            notebook,
            html,
            ipynb,
            outs,
            parameters,
            file,
            timeout,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var path = parsed.GetRequiredValue(notebook);
                var outputs = new[] { (parsed.GetValue(html), ".html"), (parsed.GetValue(ipynb), ".ipynb") }
                    .Where(output => output.Item1 is not null)
                    .Select(output => Checked(output.Item1!, output.Item2))
                    .Concat(parsed.GetRequiredValue(outs).Select(output => Named(output, path)))
                    .Distinct()
                    .ToArray();
                var options = new RunOptions
                {
                    Parameters = Parameters(parsed.GetValue(file), parsed.GetRequiredValue(parameters)),
                    CellTimeout = parsed.GetValue(timeout) is { } seconds ? Time(seconds) : null,
                    Progress = progress => Report(terminal, progress),
                    Warning = sentence => parsed.InvocationConfiguration.Error.WriteLine($"tresnet: {sentence}"),
                };
                using var host = new NotebookHost([new TResNetExtension()], Product.TResNet);
                var result = await new NotebookRunner(host).RunFileAsync(path, outputs, options, cancel);
                if (result.Error is { } error)
                {
                    Written(terminal, outputs);
                    terminal.EndLine();
                    parsed.InvocationConfiguration.Error.WriteLine(
                        $"tresnet: cell {result.FailedCell} of {path} stopped the run after {Seconds(result.Elapsed)}: {error.Value}"
                    );
                    return result.TimedOut ? TimedOut : 1;
                }

                terminal.WriteLine();
                foreach (var line in Results(host))
                {
                    terminal.WriteLine(line);
                }

                Written(terminal, outputs);
                terminal.WriteLine($"{path} ran to its end in {Seconds(result.Elapsed)}.");
                return 0;
            }
        );
        return command;
    }

    private static NotebookParameters Parameters(string? file, IEnumerable<string> assignments)
    {
        var parameters = new NotebookParameters();
        if (file is not null)
        {
            parameters.AddFile(file);
        }

        foreach (var assignment in assignments)
        {
            parameters.Add(assignment);
        }

        return parameters;
    }

    private static TimeSpan Time(double seconds) =>
        double.IsFinite(seconds) && Math.Abs(seconds) < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandException($"--timeout {seconds} is no time in seconds; give it a number such as 600.");

    /// <summary>A file to write: the one named, or by its kind alone beside the notebook, and never the notebook itself.</summary>
    private static string Named(string output, string notebook) =>
        output switch
        {
            "html" => Path.ChangeExtension(notebook, ".html"),
            "ipynb" => Path.ChangeExtension(notebook, ".out.ipynb"),
            _ when Path.GetExtension(output).ToLowerInvariant() is ".html" or ".ipynb" => output,
            _ => throw new CommandException(
                $"--out {output} is neither html, ipynb nor a file that ends so; name it so."
            ),
        };

    private static string Said(EpochResult epoch) =>
        epoch.EvalMetric switch
        {
            EvalMetric.Top1 => $"top-1 {Percent(epoch.Value)}",
            EvalMetric.Loss => FormattableString.Invariant($"loss {epoch.Value:F3}"),
            var metric => $"{metric.Word()} {Percent(epoch.Value)}",
        };

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:F1} %");

    /// <summary>What the notebook found out, by the variables it left: the last run and the last profile.</summary>
    private static IEnumerable<string> Results(NotebookHost host)
    {
        var values = host
            .VariableNames.Select(name => host.TryGetVariable(name, out var value) ? value : null)
            .ToArray();
        if (values.OfType<TrainingRun>().LastOrDefault() is { Epochs: [.., var last] } run)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Trained: {run.Model}, {Said(last)} on {run.ValidationData}, {run.ImagesPerSecond:0} images/s"
            );
        }

        foreach (var result in values.OfType<ProfileResult>().LastOrDefault()?.Throughputs ?? [])
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
                    new Interactive.Tables.ProgressLine(cell, (progress.Index - 1) / (double)progress.Count)
                );
            }

            return;
        }

        var end = progress.State switch
        {
            CellState.Failed => "  failed",
            CellState.Raised => "  raised an error, as its tag says",
            _ => "",
        };
        var time = progress.State == CellState.Skipped ? "skipped" : Seconds(progress.Elapsed);
        terminal.WriteLine($"{cell.PadRight(TitleWidth + 2 * $"{progress.Count}".Length + 5)} {time, 8}{end}");
        foreach (var line in Printed(progress.Printed))
        {
            terminal.WriteLine($"    {line}");
        }
    }

    /// <summary>What a cell wrote, the first lines of it: all of it is in the notebook and the page.</summary>
    private static IEnumerable<string> Printed(string text)
    {
        const int most = 20;
        string[] lines = [.. AnsiEscape().Replace(text, "").TrimEnd().Split('\n').Select(line => line.TrimEnd('\r'))];
        return lines is [""] ? []
            : lines.Length <= most ? lines
            : [.. lines.Take(most), $"... and {lines.Length - most} more lines"];
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex AnsiEscape();

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
