using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;

namespace Notebook.Jupyter.Tests;

/// <summary>A kernel in this process, on sockets in a folder of its own, with a client that is connected to it.</summary>
internal sealed class RunningKernel : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kernel-");
    private readonly StringWriter log = new();
    private readonly NotebookHost host;
    private readonly KernelServer server;

    public RunningKernel(params IEnumerable<INotebookExtension> extensions)
    {
        host = new NotebookHost(extensions, TestProduct.Value);
        Connection = new ConnectionFile("ipc", Path.Combine(folder.FullName, "k"), 1, 2, 3, 4, 5, "a key of this test");
        server = new KernelServer(
            Connection,
            host,
            new HistoryFile(HistoryPath),
            new KernelLog(TextWriter.Synchronized(log), "under-test")
        );
        Finished = server.RunAsync(CancellationToken.None);
        Client = new KernelClient(Connection);
    }

    public ConnectionFile Connection { get; }

    /// <summary>Where the kernel keeps the cells that ran.</summary>
    public string HistoryPath => Path.Combine(folder.FullName, "state", "history.jsonl");

    public KernelClient Client { get; }

    /// <summary>Ends when the kernel has.</summary>
    public Task Finished { get; }

    /// <summary>What the kernel wrote to its log so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    public void Dispose()
    {
        server.Shutdown();
        Finished.Wait(TimeSpan.FromSeconds(60));
        Client.Dispose();
        host.Dispose();
        folder.Delete(recursive: true);
    }
}
