using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;

namespace Notebook.Jupyter.Tests;

/// <summary>How a kernel starts and ends.</summary>
public sealed class KernelProcessTests
{
    [Fact]
    public async Task A_port_that_is_taken_gives_one_sentence_and_frees_the_others()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var free = FreePorts(4);
        var connection = new ConnectionFile("tcp", "127.0.0.1", free[0], free[1], free[2], free[3], taken, "key");
        var exception = await Assert.ThrowsAsync<CommandException>(() =>
            Run(connection, TextWriter.Null, TimeSpan.Zero)
        );
        Assert.StartsWith($"Listening on tcp://127.0.0.1:{taken}: Address already in use.", exception.Message);

        other.Stop();
        await Run(connection, TextWriter.Null, TimeSpan.Zero);
    }

    [Theory]
    [InlineData("0.0.0.0", "", true)]
    [InlineData("0.0.0.0", "key", false)]
    [InlineData("127.0.0.1", "", false)]
    public async Task Listening_for_everyone_without_a_key_is_warned_of(string ip, string key, bool warned)
    {
        var ports = FreePorts(5);
        var log = new StringWriter();
        await Run(
            new ConnectionFile("tcp", ip, ports[0], ports[1], ports[2], ports[3], ports[4], key),
            log,
            TimeSpan.Zero
        );
        Assert.Equal(warned, log.ToString().Contains($"listens on {ip} without a key"));
    }

    [Fact]
    public async Task Only_the_address_of_the_connection_file_is_listened_on()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere 127.0.0.2 is no address of the machine.
            return;
        }

        var ports = FreePorts(5);
        using var host = new NotebookHost([]);
        using var stop = new CancellationTokenSource();
        var running = Start(
            host,
            new ConnectionFile("tcp", "127.0.0.1", ports[0], ports[1], ports[2], ports[3], ports[4], "key"),
            TextWriter.Null,
            stop.Token
        );
        foreach (var port in ports)
        {
            using var here = new TcpClient();
            await here.ConnectAsync("127.0.0.1", port);
            using var elsewhere = new TcpClient();
            var refused = await Assert.ThrowsAsync<SocketException>(() => elsewhere.ConnectAsync("127.0.0.2", port));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task The_kernel_notices_that_the_process_that_started_it_is_gone()
    {
        using var parent = Process.Start("sleep", "60");
        var gone = new TaskCompletionSource();
        using var watch = ParentProcessWatch.Start(
            $"{parent.Id}",
            TimeSpan.FromMilliseconds(20),
            () => gone.TrySetResult()
        );
        Assert.NotNull(watch);
        await Task.Delay(60);
        Assert.False(gone.Task.IsCompleted);
        parent.Kill();
        await parent.WaitForExitAsync();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_kernel_that_is_killed_leaves_nothing_in_the_temporary_folder()
    {
        using var registered = new RegisteredKernel();
        var ports = FreePorts(5);
        var connection = registered.PathOf("connection.json");
        var temporary = Directory.CreateDirectory(registered.PathOf("temporary"));
        File.WriteAllText(
            connection,
            $$"""{"transport": "tcp", "ip": "127.0.0.1", "shell_port": {{ports[0]}}, "iopub_port": {{ports[1]}}, "stdin_port": {{ports[2]}}, "control_port": {{ports[3]}}, "hb_port": {{ports[4]}}, "key": "key", "signature_scheme": "hmac-sha256"}"""
        );
        using var kernel = registered.Start(connection, temporary.FullName);
        await UntilItListens(ports[4], kernel);

        kernel.Kill();
        await kernel.WaitForExitAsync();

        Assert.Empty(temporary.EnumerateFileSystemInfos().Select(left => left.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("999999999")]
    public void Without_such_a_process_nothing_is_watched(string? parent) =>
        Assert.Null(ParentProcessWatch.Start(parent, TimeSpan.FromSeconds(1), () => { }));

    private static async Task Run(ConnectionFile connection, TextWriter log, TimeSpan time)
    {
        using var host = new NotebookHost([]);
        using var stop = new CancellationTokenSource(time);
        await Start(host, connection, log, stop.Token);
    }

    private static Task Start(NotebookHost host, ConnectionFile connection, TextWriter log, CancellationToken stop)
    {
        var history = new HistoryFile(Path.Combine(Path.GetTempPath(), "no history is kept here", "history.jsonl"));
        return new KernelServer(connection, host, history, new KernelLog(log, "under-test"))
            .RunAsync(stop)
            .WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
    }

    private static async Task UntilItListens(int port, Process kernel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 600 && !kernel.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
