using System.CommandLine;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Notebook;
using TResNet.Compute;
using TResNet.Profiling.Counting;

namespace TResNet.Interactive.Commands;

/// <summary>Runs a command's work and turns what the library refuses into the one sentence that the user sees.</summary>
internal static class CommandAction
{
    /// <summary>Throws what ended a command's work, once what was done by then is shown; nothing where it is null.</summary>
    public static void Throw(Exception? ended)
    {
        if (ended is not null)
        {
            ExceptionDispatchInfo.Throw(ended);
        }
    }

    /// <summary>The same of work that libtorch is needed for: where it is missing, that is said first.</summary>
    public static void SetTorchWork(this Command command, Action<ParseResult, CancellationToken> work) =>
        command.SetWork(
            (parsed, cancel) =>
            {
                TorchLibrary.Load();
                work(parsed, cancel);
            }
        );

    public static void SetWork(this Command command, Action<ParseResult, CancellationToken> work) =>
        command.SetAction(
            (parsed, cancel) =>
            {
                ArgumentText.Refuse(parsed);
                try
                {
                    work(RenamedOption.Renamed(parsed), cancel);
                    return Task.FromResult(0);
                }
                catch (Exception refused) when (refused is not TResNetException && OutOfMemory.Is(refused))
                {
                    throw new CommandException(
                        "There is not enough memory for this: choose a smaller batch, smaller images or a smaller network.",
                        refused
                    );
                }
                // ExternalException: libtorch is missing or refused; its message is for people too.
                catch (Exception refused) when (refused is TResNetException or ExternalException)
                {
                    throw new CommandException(refused.Message, refused);
                }
            }
        );
}
