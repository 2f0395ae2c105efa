using System.Globalization;
using Notebook;
using Notebook.Runner;
using TResNet.Evaluation;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Cli;

/// <summary>One notebook, run in this process: a line for each cell with what it wrote, and at the end what it found out.</summary>
internal static class SingleRun
{
    /// <summary>What <c>timeout</c> of GNU coreutils reports for a program that took too long.</summary>
    private const int TimedOut = 124;

    public static async Task<int> RunAsync(
        NotebookFile file,
        RunOptions options,
        Terminal terminal,
        TextWriter errors,
        CancellationToken cancel
    )
    {
        var passedOver = new List<string>();
        options = options with
        {
            Progress = progress =>
            {
                if (progress.OtherLanguage is { } language)
                {
                    passedOver.Add(language);
                }

                Report(terminal, progress);
            },
            Warning = sentence => errors.WriteLine($"tresnet: {sentence}"),
        };
        using var host = Product.NewNotebook();
        var result = await new NotebookRunner(host).RunFileAsync(file.Path, file.Outputs, options, cancel);
        var time = SuiteTable.Seconds(result.Elapsed.TotalSeconds);
        if (result.Error is { } error)
        {
            Written(terminal, file.Outputs);
            terminal.EndLine();
            errors.WriteLine(
                result.Failed > 1
                    ? $"tresnet: {result.Failed} cells of {file.Path} failed in {time}, the first of them cell {result.FailedCell}: {error.Value}"
                : options.AllowErrors && !result.Cancelled
                    ? $"tresnet: cell {result.FailedCell} of {file.Path} failed in {time}: {error.Value}"
                : $"tresnet: cell {result.FailedCell} of {file.Path} stopped the run after {time}: {error.Value}"
            );
            return result.TimedOut ? TimedOut : 1;
        }

        terminal.WriteLine();
        foreach (var line in Results(host))
        {
            terminal.WriteLine(line);
        }

        Written(terminal, file.Outputs);
        terminal.WriteLine($"{file.Path} ran to its end in {time}{Without(passedOver)}.");
        return 0;
    }

    private static string Without(IReadOnlyList<string> languages) =>
        languages.Count == 0
            ? ""
            : $"; {languages.Count} {(languages.Count == 1 ? "cell was" : "cells were")} passed over ({string.Join(", ", languages.Distinct())})";

    private static string Said(EpochResult epoch) =>
        epoch.EvalMetric switch
        {
            EvalMetric.Top1 => $"top-1 {Percent(epoch.Value)}",
            EvalMetric.Loss => $"loss {DisplayText.Loss(epoch.Value)}",
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
                terminal.Write(new ProgressLine(cell, (progress.Index - 1) / (double)progress.Count));
            }

            return;
        }

        var end = progress.State switch
        {
            CellState.Failed => "  failed",
            CellState.Raised => "  raised an error, as its tag says",
            CellState.PassedOver => $"  passed over: {progress.OtherLanguage} does not run here",
            _ => "",
        };
        var time = progress.State is CellState.Skipped or CellState.PassedOver
            ? "skipped"
            : SuiteTable.Seconds(progress.Elapsed.TotalSeconds);
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
        string[] lines = [.. OutputText.WithoutEscapes(text).TrimEnd().Split('\n').Select(line => line.TrimEnd('\r'))];
        return lines is [""] ? []
            : lines.Length <= most ? lines
            : [.. lines.Take(most), $"... and {lines.Length - most} more lines"];
    }
}
