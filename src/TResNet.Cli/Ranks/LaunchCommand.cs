using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Notebook;
using TResNet.Compute.Distributed;

namespace TResNet.Cli;

/// <summary><c>tresnet launch --nproc 2 -- train ...</c>: one training by several processes, started by <c>mpirun</c>.</summary>
internal static class LaunchCommand
{
    public const string Name = "launch";

    private const int MostProcesses = 4096;

    // What several processes do together.
    private static readonly string[] Shared = ["train"];

    public static Command Create(Terminal terminal, StopSignals? signals)
    {
        var processes = new Option<int>("--nproc")
        {
            Description = "How many processes.",
            HelpName = "number",
            DefaultValueFactory = _ => 2,
        };
        var hosts = new Option<FileInfo?>("--hostfile")
        {
            Description =
                "A file of mpirun's that lists machines, each with its slots; this machine alone where none is named.",
            HelpName = "file",
        };
        var words = new Argument<string[]>("command")
        {
            Description = "What they do, after two dashes: train and its options.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(Name, "Trains one network by several processes, which mpirun starts.")
        {
            processes,
            hosts,
            words,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var count = parsed.GetValue(processes);
                if (count is < 1 or > MostProcesses)
                {
                    throw new CommandException(
                        $"--nproc cannot be {count}: it takes a whole number from 1 to {MostProcesses:N0}."
                    );
                }

                var asked = parsed.GetRequiredValue(words);
                if (!Shared.Contains(asked[0]))
                {
                    throw new CommandException(
                        $"launch cannot share '{asked[0]}' among processes: it takes {string.Join(" or ", Shared)}, as in tresnet launch --nproc 2 -- train --epochs 3."
                    );
                }

                if (parsed.GetValue(hosts) is { Exists: false } missing)
                {
                    throw new CommandException(
                        $"--hostfile {missing} is not there: write one that has a line for each machine, such as 'node1 slots=8'."
                    );
                }

                if (ClusterEnvironment.Find() is { } others)
                {
                    throw new CommandException(
                        $"launch starts processes, and this is one of {others.Size} already ({others.Source}): call tresnet {asked[0]} itself here."
                    );
                }

                return await RunAsync(terminal, signals, count, parsed.GetValue(hosts)?.FullName, asked);
            }
        );
        return command;
    }

    /// <summary>The program that runs here, and the words that it is to get.</summary>
    internal static IEnumerable<string> Again(IEnumerable<string> words) => JupyterCommand.Launcher().Concat(words);

    private static async Task<int> RunAsync(
        Terminal terminal,
        StopSignals? signals,
        int count,
        string? hosts,
        string[] words
    )
    {
        var mpirun = MpiLauncher.Find() ?? throw new CommandException($"launch needs {MpiLauncher.NotThere}");
        var start = MpiLauncher.Start(mpirun, count, hosts, Again(words));
        if (terminal.IsLive)
        {
            start.Environment[RankProcess.Columns] = terminal.Width.ToString(CultureInfo.InvariantCulture);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var passed = signals?.PassTo(request => Pass(process.Id, request));
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static void Pass(int process, SignalRequest request)
    {
        if (request == SignalRequest.Save)
        {
            MpiLauncher.Save(process);
        }
        else
        {
            MpiLauncher.Stop(process, isPatient: request == SignalRequest.Stop);
        }
    }
}
