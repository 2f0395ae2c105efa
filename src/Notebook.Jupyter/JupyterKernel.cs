// The Jupyter kernel: the messaging protocol (jupyter_client, "Messaging in Jupyter", 5.5) in front of a NotebookHost.
using System.Runtime.InteropServices;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;

namespace Notebook.Jupyter;

/// <summary>Runs a notebook as a Jupyter kernel.</summary>
/// <example>
/// <code>
/// using Notebook.Jupyter;
///
/// using var host = new NotebookHost([]);
/// await JupyterKernel.RunAsync(connectionFilePath, host);
/// </code>
/// </example>
public static class JupyterKernel
{
    /// <summary>
    /// Answers front ends until one of them asks for the shutdown, the process that started the kernel is gone, the process
    /// gets SIGTERM, or the token is cancelled. SIGINT interrupts the running cell.
    /// </summary>
    /// <param name="connectionFilePath">The connection file that Jupyter passes as <c>{connection_file}</c>.</param>
    /// <param name="host">Runs the cells. The caller disposes it.</param>
    /// <param name="cancellationToken">Ends the kernel.</param>
    /// <returns>
    /// A task that ends when the kernel has. A cell that could not be stopped within 2 s may still run on a background
    /// thread, so the program should return from <c>Main</c> next.
    /// </returns>
    /// <exception cref="CommandException">
    /// The connection file is bad, libzmq is missing, or an address cannot be listened on.
    /// </exception>
    public static async Task RunAsync(
        string connectionFilePath,
        NotebookHost host,
        CancellationToken cancellationToken = default
    )
    {
        var server = new KernelServer(
            ConnectionFile.Read(connectionFilePath),
            host,
            new HistoryFile(Path.Combine(host.Product.StateFolder, HistoryFile.Name)),
            KernelLog.ToStandardError(host.Product.Name)
        );
        using var interrupt = Handle(PosixSignal.SIGINT, server.Interrupt);
        using var terminate = Handle(PosixSignal.SIGTERM, server.Shutdown);
        await server.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static PosixSignalRegistration Handle(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(
            signal,
            context =>
            {
                context.Cancel = true;
                action();
            }
        );
}
