// Messaging spec, "Introduction": the five sockets of a kernel, put together.
using Notebook.Jupyter.Handlers;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Jupyter.Transport;
using Notebook.Outputs;

namespace Notebook.Jupyter;

/// <summary>
/// One kernel: its channels, the queues that their requests wait in and the handlers that answer them. Each channel has a
/// thread of its own, and so have the requests of shell and those of control.
/// </summary>
internal sealed class KernelServer(ConnectionFile connection, NotebookHost host, HistoryFile historyFile, KernelLog log)
{
    // jupyter_client begins to kill a kernel 2.5 s after it asked for the shutdown.
    private static readonly TimeSpan CellStopTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ParentInterval = TimeSpan.FromSeconds(2);

    private readonly MessageFormat format = new(new Signer(connection.Key));
    private readonly TaskCompletionSource shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action interrupt = () => { };

    /// <summary>Asks the running cell to stop, and those in subshells.</summary>
    public void Interrupt() => interrupt();

    /// <summary>Asks the kernel to end.</summary>
    public void Shutdown() => shutdown.TrySetResult();

    /// <summary>Listens and answers until <see cref="Shutdown"/>, a <c>shutdown_request</c> or the token ends it.</summary>
    /// <exception cref="CommandException">libzmq is missing, or an address cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!connection.IsLoopback && connection.Key.Length == 0)
        {
            log.Write(
                $"Warning: the kernel listens on {connection.Ip} without a key, so anyone who reaches it can run code here. "
                    + "Give the connection file a key, or the address 127.0.0.1."
            );
        }

        using var context = new ZmqContext();
        using var iopub = new IoPub(context, connection.Endpoint(connection.IopubPort), log, format);
        var inputs = new InputRequests(iopub, log);
        using var stdin = Listen(context, "stdin", connection.StdinPort, iopub, inputs.Receive);
        var requests = Shell((request, question, token) => inputs.Ask(stdin, request, question, token));
        var shellQueue = new RequestQueue("shell", requests.Dispatch);
        var subshells = new Subshells(shellQueue, requests);
        var controlQueue = new RequestQueue("control", Control(subshells).Dispatch);
        interrupt = subshells.Interrupt;
        host.Comms.Transport = new CommMessages(iopub);
        using var shell = Listen(context, "shell", connection.ShellPort, iopub, subshells.Post);
        using var control = Listen(context, "control", connection.ControlPort, iopub, controlQueue.Post);
        using var heartbeat = new Channel(
            context,
            "heartbeat",
            ZmqSocketType.Rep,
            connection.Endpoint(connection.HbPort),
            log.Write,
            static (channel, frames) => channel.Send(frames)
        );

        iopub.Start();
        iopub.Publish("status", MessageFormat.NoParent, new StatusContent("starting"));
        shellQueue.Start();
        controlQueue.Start();
        foreach (var channel in new[] { heartbeat, stdin, control, shell })
        {
            channel.Start();
        }

        await WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        controlQueue.Finish(CellStopTime);
        if (!subshells.Stop(CellStopTime))
        {
            log.Write($"The running cell did not stop within {CellStopTime.TotalSeconds:0} s and is abandoned.");
        }

        host.Comms.Transport = null;
    }

    private Dispatcher Shell(Func<Request, InputQuestion, CancellationToken, string> ask)
    {
        var history = new CellHistory(historyFile, log);
        return new Dispatcher(
            log,
            new KernelInfoHandler(host.Product),
            new ConnectHandler(connection),
            new ExecuteHandler(host, history, ask),
            new CompleteHandler(host.Language),
            new InspectHandler(host.Language),
            new IsCompleteHandler(host.Language),
            new HistoryHandler(history),
            new CommInfoHandler(host),
            new CommOpenHandler(host, log),
            new CommMessageHandler(host, log),
            new CommCloseHandler(host),
            new ShutdownHandler(Shutdown)
        );
    }

    private Dispatcher Control(Subshells subshells) =>
        new(
            log,
            new KernelInfoHandler(host.Product),
            new InterruptHandler(subshells.Interrupt),
            new ShutdownHandler(Shutdown),
            new DebugHandler(),
            new CreateSubshellHandler(subshells),
            new DeleteSubshellHandler(subshells, CellStopTime),
            new ListSubshellHandler(subshells)
        );

    private Channel Listen(ZmqContext context, string name, int port, IoPub iopub, Action<Request> post)
    {
        var drops = new DroppedMessageLog(log, name, TimeProvider.System);
        return new Channel(
            context,
            name,
            ZmqSocketType.Router,
            connection.Endpoint(port),
            log.Write,
            (channel, frames) =>
            {
                if (format.TryDecode(frames, out var message, out var reason))
                {
                    post(new Request(message, channel, iopub, format));
                }
                else
                {
                    drops.Write(reason);
                }
            }
        );
    }

    private async Task WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.UnsafeRegister(
            static server => ((KernelServer)server!).Shutdown(),
            this
        );
        var starter = Environment.GetEnvironmentVariable(ParentProcessWatch.Variable);
        using var parent = ParentProcessWatch.Start(starter, ParentInterval, Shutdown);
        await shutdown.Task.ConfigureAwait(false);
    }
}
