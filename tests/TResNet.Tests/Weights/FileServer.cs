using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TResNet.Tests.Weights;

/// <summary>A web server on this machine with one file, which can hang up in the middle of it.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    internal FileServer(byte[] content)
    {
        Content = content;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    internal byte[] Content { get; set; }

    internal string Tag { get; set; } = "\"first\"";

    internal string Status { get; set; } = "200 OK";

    /// <summary>How many bytes of a body are sent before the server hangs up; null for all.</summary>
    internal int? HangsUpAfter { get; set; }

    /// <summary>The range asked for in each request, empty where none was.</summary>
    internal List<string> Ranges { get; } = [];

    internal Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/weights.pth");

    public void Dispose()
    {
        stop.Cancel();
        serving.Wait();
        listener.Stop();
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Disposed, or the other side hung up.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.Split(": ", 2) is [var name, var value])
            {
                headers[name] = value;
            }
        }

        var range = headers.GetValueOrDefault("Range", "");
        Ranges.Add(range);
        var from =
            range.Length > 0 && headers.GetValueOrDefault("If-Range") == Tag
                ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture)
                : 0;
        var head = new StringBuilder($"HTTP/1.1 {(from > 0 ? "206 Partial Content" : Status)}\r\nETag: {Tag}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Content.Length - from}\r\nConnection: close\r\n");
        if (from > 0)
        {
            head.Append(
                CultureInfo.InvariantCulture,
                $"Content-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\r\n"
            );
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(Content.AsMemory(from, Math.Min(HangsUpAfter ?? int.MaxValue, Content.Length - from)));
    }
}
