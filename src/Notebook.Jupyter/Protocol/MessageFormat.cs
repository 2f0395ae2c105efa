// Messaging spec, "The wire protocol": identities, <IDS|MSG>, signature, header, parent_header, metadata, content, buffers.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Notebook.Jupyter.Protocol;

/// <summary>
/// Turns messages into frames and frames into messages. It stands for one session: its messages carry one session id, and
/// a signature that it accepted once it does not accept again. Safe to use from several threads.
/// </summary>
internal sealed class MessageFormat(Signer signer)
{
    /// <summary>The version of the messaging protocol spoken here.</summary>
    public const string ProtocolVersion = "5.5";

    /// <summary>The <c>parent_header</c> of a message that answers none.</summary>
    public static readonly byte[] NoParent = "{}"u8.ToArray();

    private const int SignedParts = 4;

    // The protocol allows any size and jupyter_client allows 1,000 levels, of which no message comes near.
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 256 };
    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();

    private readonly ReplayGuard replays = new();
    private long sent;

    /// <summary>Unique for each run of the kernel.</summary>
    public string Session { get; } = Guid.NewGuid().ToString();

    /// <summary>The frames of a message made here.</summary>
    /// <param name="identities">The routing prefix, or the topic on iopub.</param>
    /// <param name="type">The message type.</param>
    /// <param name="parentHeader">The header frame of the message it answers, or <see cref="NoParent"/>.</param>
    /// <param name="content">One of the records in <c>Messages/</c>, listed in <see cref="ProtocolJson"/>.</param>
    /// <param name="metadata">A record likewise; null for none.</param>
    /// <param name="buffers">Binary attachments; null for none.</param>
    /// <param name="id">Its id; null for the next of this session.</param>
    public List<byte[]> Encode(
        IReadOnlyList<byte[]> identities,
        string type,
        byte[] parentHeader,
        object content,
        object? metadata = null,
        IReadOnlyList<byte[]>? buffers = null,
        string? id = null
    )
    {
        var header = new MessageHeader(
            id ?? $"{Session}_{Interlocked.Increment(ref sent)}",
            type,
            Session,
            "kernel",
            DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ProtocolVersion
        );
        byte[][] parts =
        [
            JsonSerializer.SerializeToUtf8Bytes(header, ProtocolJson.Shared.MessageHeader),
            parentHeader,
            metadata is null ? NoParent : ProtocolJson.Write(metadata),
            ProtocolJson.Write(content),
        ];
        return [.. identities, Delimiter, signer.Sign(parts), .. parts, .. buffers ?? []];
    }

    /// <summary>Reads a message that came in. Whatever the frames hold, it returns.</summary>
    /// <param name="frames">The frames, any number of them.</param>
    /// <param name="message">The message.</param>
    /// <param name="reason">Why there is none, for the log.</param>
    public bool TryDecode(
        IReadOnlyList<byte[]> frames,
        [NotNullWhen(true)] out Message? message,
        [NotNullWhen(false)] out string? reason
    )
    {
        message = null;
        var delimiter = frames.TakeWhile(frame => !frame.AsSpan().SequenceEqual(Delimiter)).Count();
        var first = delimiter + 2;
        if (frames.Count < first + SignedParts)
        {
            reason = delimiter == frames.Count ? "it has no <IDS|MSG> frame" : "it is cut short";
            return false;
        }

        var signature = frames[delimiter + 1];
        byte[][] parts = [.. frames.Skip(first).Take(SignedParts)];
        if (!signer.Verify(signature, parts))
        {
            reason = "its signature is wrong";
            return false;
        }

        try
        {
            message = new Message
            {
                Identities = [.. frames.Take(delimiter)],
                Header =
                    JsonSerializer.Deserialize(parts[0], ProtocolJson.Shared.MessageHeader)
                    ?? throw new JsonException("its header is null"),
                HeaderFrame = parts[0],
                ParentHeader = ParseObject(parts[1]),
                Metadata = ParseObject(parts[2]),
                Content = ParseObject(parts[3]),
                Buffers = [.. frames.Skip(first + SignedParts)],
                Size = frames.Sum(frame => frame.LongLength),
            };
        }
        catch (JsonException exception)
        {
            reason = exception.Message;
            return false;
        }

        reason = replays.IsNew(signature) ? null : "its signature was seen before";
        message = reason is null ? message : null;
        return reason is null;
    }

    private static JsonElement ParseObject(byte[] frame)
    {
        using var document = JsonDocument.Parse(frame, Depth);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException($"a {document.RootElement.ValueKind} stands where an object is expected");
    }
}
