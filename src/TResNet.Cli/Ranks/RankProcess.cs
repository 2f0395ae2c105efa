using TResNet.Compute.Distributed;
using TResNet.Interactive.Profile;

namespace TResNet.Cli;

/// <summary>
/// A command line that several processes run together: <c>mpirun -np 2 tresnet train</c>. The first of them shows what there is to see; another one speaks
/// only where it alone fails, and then ends all, which would wait for it.
/// </summary>
internal static class RankProcess
{
    // What all refuse alike, the first says meanwhile.
    private static readonly TimeSpan FirstSpeaks = TimeSpan.FromSeconds(2);

    /// <summary>The variable by which <c>launch</c> says how wide its terminal is; where there is none, the output is a file or a pipe.</summary>
    public const string Columns = "TRESNET_COLUMNS";

    /// <summary>Before anything is written: mpirun shows its processes a terminal of no width, wherever their output goes.</summary>
    public static void PrepareConsole()
    {
        if (ClusterEnvironment.IsStarted && Environment.GetEnvironmentVariable(Columns) is null)
        {
            Environment.SetEnvironmentVariable("TERM", "dumb");
        }
    }

    /// <summary>Whether a command line is shared work, and this process one of several.</summary>
    /// <exception cref="TResNetException">What started the process has set variables that make no sense.</exception>
    public static bool Is(string[] args) =>
        (args is ["train", ..] || (args is ["throughput", ..] && args.Contains(RanksWork.ChildOption)))
        && ClusterEnvironment.Find() is not null;

    /// <summary>Runs it, from joining the others to leaving them.</summary>
    /// <param name="args">The words.</param>
    /// <param name="terminal">Where the first process shows what there is.</param>
    /// <param name="errors">Where each says what goes wrong.</param>
    /// <param name="cancel">Stops it; all processes follow.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        Terminal terminal,
        TextWriter errors,
        CancellationToken cancel
    )
    {
        var group = ProcessGroup.Join();
        var own = new StringWriter();
        var code = await Shell.RunAsync(
            args,
            group.IsFirst ? terminal : new Terminal(TextWriter.Null, isLive: false, width: 100),
            group.IsFirst ? errors : own,
            cancel
        );
        // Who stops by itself, before all have agreed to, leaves others in the middle of something.
        if (code == 0 || (code == Shell.Interrupted && group.HasEnded))
        {
            group.Barrier();
            group.Leave();
            return code;
        }

        if (!group.IsFirst)
        {
            await Task.Delay(FirstSpeaks, CancellationToken.None);
            await errors.WriteLineAsync(
                $"process {group.Rank} of {group.Size} on {Environment.MachineName}: {own.ToString().TrimEnd()}"
            );
        }

        await terminal.Writer.FlushAsync(CancellationToken.None);
        group.Abort(code);
        return code;
    }
}
