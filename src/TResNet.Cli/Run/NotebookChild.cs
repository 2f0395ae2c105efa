using Notebook;
using Notebook.Runner;

namespace TResNet.Cli;

/// <summary>The other side of <see cref="NotebookProcess"/>: runs the notebook and writes down what happens.</summary>
internal static class NotebookChild
{
    /// <summary>The option that tells a process that it is one; its value is the file to write to.</summary>
    public const string Option = "--events";

    /// <summary>How long an interrupted cell may go on before the process ends with it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs a notebook.</summary>
    public static async Task<int> RunAsync(NotebookFile file, RunOptions options, string events)
    {
        using var writer = new RunEventWriter(events);
        using var stop = new CancellationTokenSource();
        var listening = new Thread(() => Listen(stop)) { IsBackground = true };
        listening.Start();
        try
        {
            using var host = Product.NewNotebook();
            var result = await new NotebookRunner(host).RunFileAsync(
                file.Path,
                file.Outputs,
                writer.On(options, stop.Token),
                stop.Token
            );
            writer.Write(new RunEvent { Ended = true });
            return result.Succeeded ? 0 : 1;
        }
        catch (CommandException refused)
        {
            writer.Write(new RunEvent { Problem = refused.Message });
            return 1;
        }
    }

    private static void Listen(CancellationTokenSource stop)
    {
        using var input = Console.OpenStandardInput();
        while (input.Read(new byte[256]) > 0) { }

        stop.Cancel();
        Thread.Sleep(Grace);
        Environment.Exit(Shell.Interrupted);
    }
}
