using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Transport;
using Notebook.Outputs;

namespace Notebook.Jupyter.Tests;

/// <summary>A message as the client sees it.</summary>
internal sealed record Received(
    string Type,
    string ParentId,
    JsonNode Content,
    JsonNode Metadata,
    string Id,
    IReadOnlyList<byte[]> Buffers
);

/// <summary>
/// A front end on real sockets. It frames and signs by itself, by the specification, so that the kernel's own code is not
/// its own witness.
/// </summary>
internal sealed class KernelClient : IDisposable
{
    private const int PatienceMs = 30_000;

    private readonly ZmqContext context = new();
    private readonly byte[] identity = Guid.NewGuid().ToByteArray();
    private readonly byte[] key;

    public KernelClient(ConnectionFile connection)
    {
        key = Encoding.UTF8.GetBytes(connection.Key);
        Shell = Connect(ZmqSocketType.Dealer, connection.Endpoint(connection.ShellPort));
        Control = Connect(ZmqSocketType.Dealer, connection.Endpoint(connection.ControlPort));
        Stdin = Connect(ZmqSocketType.Dealer, connection.Endpoint(connection.StdinPort));
        Heartbeat = Connect(ZmqSocketType.Req, connection.Endpoint(connection.HbPort));
        IoPub = Connect(ZmqSocketType.Sub, connection.Endpoint(connection.IopubPort));
        IoPub.Set(ZmqOption.Subscribe, []);
        Welcome = Receive(IoPub);
    }

    public ZmqSocket Shell { get; }
    public ZmqSocket Control { get; }
    public ZmqSocket Stdin { get; }
    public ZmqSocket Heartbeat { get; }
    public ZmqSocket IoPub { get; }

    /// <summary>The first thing that iopub said: from then on nothing is missed.</summary>
    public Received Welcome { get; }

    /// <summary>Sends a request and returns its id.</summary>
    public string Send(
        ZmqSocket socket,
        string type,
        JsonObject? content = null,
        string? subshell = null,
        string? parent = null,
        params byte[][] buffers
    )
    {
        var id = Guid.NewGuid().ToString();
        socket.Send([.. Frame(id, type, (content ?? []).ToJsonString(), subshell, parent), .. buffers]);
        return id;
    }

    /// <summary>The frames of a request.</summary>
    public List<byte[]> Frame(string id, string type, string content, string? subshell = null, string? parent = null)
    {
        var header = new JsonObject
        {
            ["msg_id"] = id,
            ["msg_type"] = type,
            ["session"] = "client",
            ["username"] = "reader",
            ["date"] = "2026-01-01T00:00:00.000000Z",
            ["version"] = "5.3",
            ["unknown"] = "kept",
        };
        if (subshell is not null)
        {
            header["subshell_id"] = subshell;
        }

        var parentHeader = parent is null ? "{}" : new JsonObject { ["msg_id"] = parent }.ToJsonString();
        return Sign([header.ToJsonString(), parentHeader, "{}", content]);
    }

    /// <summary>Four parts in front of which the delimiter and their signature are put.</summary>
    public List<byte[]> Sign(params string[] parts)
    {
        var bytes = parts.Select(Encoding.UTF8.GetBytes).ToList();
        var digest = HMACSHA256.HashData(key, bytes.SelectMany(part => part).ToArray());
        return
        [
            "<IDS|MSG>"u8.ToArray(),
            Encoding.ASCII.GetBytes(Convert.ToHexString(digest).ToLowerInvariant()),
            .. bytes,
        ];
    }

    /// <summary>Sends a request on shell and waits for its reply.</summary>
    public Received Ask(string type, JsonObject? content = null) => Reply(Shell, Send(Shell, type, content));

    /// <summary>Waits for the reply to a request.</summary>
    public Received Reply(ZmqSocket socket, string id)
    {
        var reply = Receive(socket);
        Assert.Equal(id, reply.ParentId);
        return reply;
    }

    /// <summary>What a request caused on iopub, from busy to idle, these included.</summary>
    public List<Received> Effects(string id)
    {
        var effects = new List<Received>();
        while (true)
        {
            var message = Receive(IoPub);
            if (message.ParentId == id)
            {
                effects.Add(message);
                if (IsStatus(message, "idle"))
                {
                    return effects;
                }
            }
        }
    }

    /// <summary>Waits until a cell that runs has written something.</summary>
    public string Output(string id)
    {
        while (true)
        {
            var message = Receive(IoPub);
            if (message.ParentId == id && message.Type == "stream")
            {
                return (string)message.Content["text"]!;
            }
        }
    }

    /// <summary>Runs a cell; the reply and what it caused.</summary>
    public (Received Reply, List<Received> Effects) Execute(string code, JsonObject? options = null)
    {
        var content = options ?? [];
        content["code"] = code;
        var id = Send(Shell, "execute_request", content);
        return (Reply(Shell, id), Effects(id));
    }

    /// <summary>Waits for a message and checks that it is framed and signed as the specification says.</summary>
    public Received Receive(ZmqSocket socket)
    {
        var frames = socket.Receive() ?? throw new TimeoutException($"Nothing came within {PatienceMs / 1000} s.");
        var at = frames.FindIndex(frame => Encoding.UTF8.GetString(frame) == "<IDS|MSG>") + 1;
        Assert.True(at > 0);
        var parts = frames.GetRange(at + 1, 4).ConvertAll(Encoding.UTF8.GetString);
        Assert.Equal(Sign([.. parts])[1], frames[at]);
        var (header, parent) = (JsonNode.Parse(parts[0])!, JsonNode.Parse(parts[1])!);
        Assert.Equal("5.5", (string?)header["version"]);
        if (parent["msg_id"] is not null)
        {
            Assert.Equal("kept", (string?)parent["unknown"]);
        }

        return new Received(
            (string)header["msg_type"]!,
            (string?)parent["msg_id"] ?? "",
            JsonNode.Parse(parts[3])!,
            JsonNode.Parse(parts[2])!,
            (string)header["msg_id"]!,
            frames[(at + 5)..]
        );
    }

    public static bool IsStatus(Received message, string state) =>
        message.Type == "status" && (string?)message.Content["execution_state"] == state;

    /// <summary>Effects as lines of type and content, with what differs from run to run left out.</summary>
    public static string Describe(IEnumerable<Received> effects) =>
        string.Join(
            '\n',
            effects.Select(effect =>
            {
                var content = effect.Content.DeepClone();
                if (content["transient"]?["display_id"] is not null)
                {
                    content["transient"]!["display_id"] = "ID";
                }

                if (content["data"]?["text/plain"] is { } plain)
                {
                    content["data"] = plain.DeepClone();
                }

                var options = new JsonSerializerOptions
                {
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                };
                return $"{effect.Type} {content.ToJsonString(options)}";
            })
        );

    public void Dispose()
    {
        foreach (var socket in new[] { Shell, Control, Stdin, Heartbeat, IoPub })
        {
            socket.Dispose();
        }

        context.Dispose();
    }

    private ZmqSocket Connect(ZmqSocketType type, string endpoint)
    {
        var socket = context.CreateSocket(type);
        if (type == ZmqSocketType.Dealer)
        {
            // "The stdin socket of the client is required to have the same zmq IDENTITY as the client's shell socket."
            socket.Set(ZmqOption.RoutingId, identity);
        }

        socket.Set(ZmqOption.Linger, 0);
        socket.Set(ZmqOption.ReceiveTimeout, PatienceMs);
        socket.Connect(endpoint);
        return socket;
    }
}
