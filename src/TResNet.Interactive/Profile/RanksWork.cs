using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Notebook;
using TResNet.Charts;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Profile;

/// <summary>How a training gets faster with the number of processes: this program is started once for each number, by mpirun.</summary>
internal sealed class RanksWork(INotebook notebook)
{
    /// <summary>The option, which nobody writes, of a process that is one of those that are timed.</summary>
    public const string ChildOption = "--as-rank";

    private const int Most = 256;

    /// <summary>Times a network by so many processes each time, and shows them.</summary>
    /// <param name="model">The network's name.</param>
    /// <param name="ranks">The numbers of processes.</param>
    /// <param name="words">What the processes get of the command line.</param>
    /// <param name="batchSize">Images of a step, of all processes together.</param>
    /// <param name="cancel">Ends them.</param>
    /// <exception cref="CommandException">They cannot be started, or fail.</exception>
    public IReadOnlyList<SharedSpeed> Run(
        string model,
        IReadOnlyList<int> ranks,
        IReadOnlyList<string> words,
        int batchSize,
        CancellationToken cancel
    )
    {
        var mpirun = MpiLauncher.Find() ?? throw new CommandException($"--ranks needs {MpiLauncher.NotThere}");
        // As many for each as the largest number leaves, so that processes are compared and not threads.
        var threads = Math.Max(1, Environment.ProcessorCount / ranks.Max());
        var speeds = new List<SharedSpeed>();
        foreach (var count in ranks)
        {
            cancel.ThrowIfCancellationRequested();
            var start = MpiLauncher.Start(mpirun, count, null, [.. Program(), .. words, ChildOption], threads);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            speeds.Add(Speed(start, count, cancel));
        }

        notebook.Display(ViewOf(model, speeds, batchSize));
        return speeds;
    }

    /// <summary>What one of the processes does.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="batchSize">Images of a step.</param>
    /// <param name="duration">How long, about.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>A line for the one that started it.</returns>
    public static string Time(MeasuredNetwork subject, int batchSize, TimeSpan duration, CancellationToken cancel)
    {
        var group = ProcessGroup.Current;
        var speed = SharedSteps.Time(subject.Built, subject.Image, batchSize, duration, group, cancel);
        group.End();
        return JsonSerializer.Serialize(speed);
    }

    /// <summary>The numbers of processes that were written.</summary>
    /// <exception cref="CommandException">One is no number, or out of range.</exception>
    public static int[] Numbers(IReadOnlyList<string> words)
    {
        var parts = string.Join(' ', words).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0
            ?
            [
                .. parts
                    .Select(part =>
                        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && number is >= 1 and <= Most
                            ? number
                            : throw new CommandException(
                                $"--ranks cannot be '{part}': it takes numbers of processes from 1 to {Most} with commas between, as in 1,2."
                            )
                    )
                    .Distinct()
                    .Order(),
            ]
            : throw new CommandException("--ranks names no number: write them with commas between, as in 1,2.");
    }

    // The program of the commands, whose kernel has the same ones; in another host there is nothing to start.
    private static IEnumerable<string> Program()
    {
        return Assembly.GetEntryAssembly() is { } program && program.GetName().Name == "TResNet.Cli"
            ? Programs.Again(program)
            : throw new CommandException(
                "--ranks starts the program tresnet several times, which this host is not: run tresnet throughput --ranks in a shell."
            );
    }

    private static SharedSpeed Speed(ProcessStartInfo start, int count, CancellationToken cancel)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var stop = cancel.Register(() => MpiLauncher.Stop(process.Id, isPatient: false));
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(CancellationToken.None),
            process.StandardError.ReadToEndAsync(CancellationToken.None)
        );
        process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        var line = output.Result.Split('\n').FirstOrDefault(each => each.StartsWith('{'));
        if (process.ExitCode == 0 && line is not null)
        {
            return JsonSerializer.Deserialize<SharedSpeed>(line)!;
        }

        var said = errors
            .Result.Split('\n')
            .FirstOrDefault(each => each.Contains("tresnet: ", StringComparison.Ordinal));
        throw new CommandException(
            $"{count} processes could not be timed: {said?[(said.IndexOf("tresnet: ", StringComparison.Ordinal) + 9)..] ?? errors.Result.ReplaceLineEndings(" ").Trim()}"
        );
    }

    private static View ViewOf(string model, IReadOnlyList<SharedSpeed> speeds, int batchSize)
    {
        var (first, best) = (speeds[0], speeds[0].ImagesPerSecond / speeds[0].Processes);
        return new View
        {
            Title = $"Training {model} by several processes",
            Subtitle = string.Create(
                CultureInfo.InvariantCulture,
                $"steps of {batchSize} images, divided among them; {first.Threads} {(first.Threads == 1 ? "thread" : "threads")} each"
            ),
            Parts =
            [
                new Table
                {
                    Columns =
                    [
                        new("processes", true),
                        new("images/s", true),
                        new("efficiency", true),
                        new("computing", true),
                        new("exchanging", true),
                        new("waiting", true),
                    ],
                    Rows =
                    [
                        .. speeds.Select(speed =>
                            (Cell[])
                                [
                                    Number(speed.Processes, ",d"),
                                    Number(speed.ImagesPerSecond, ",.1f"),
                                    Number(speed.ImagesPerSecond / speed.Processes / best, ".0%"),
                                    Number(1 - speed.Communication - speed.Waiting, ".0%"),
                                    Number(speed.Communication, ".0%"),
                                    Number(speed.Waiting, ".0%"),
                                ]
                        ),
                    ],
                    Note =
                        $"Efficiency: images a second of a process, beside those with {first.Processes}. Exchanging is what sums of gradients take beyond backward, waiting the time until the slowest process has computed its own.",
                },
            ],
        };
    }

    private static Cell Number(double value, string format) =>
        Build.ModelViews.Number(value, NumberFormat.Format(value, format));
}
