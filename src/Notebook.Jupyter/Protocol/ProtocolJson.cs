using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Protocol;

/// <summary>
/// How the protocol's records become JSON: members in snake_case, text unescaped. The serialisers are made by the compiler,
/// which saves the first message some 50 ms of reflection; each record of <c>Messages/</c> has its line here.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ConnectionFile))]
[JsonSerializable(typeof(MessageHeader))]
[JsonSerializable(typeof(ClearOutputContent))]
[JsonSerializable(typeof(CommContent))]
[JsonSerializable(typeof(CommInfoReply))]
[JsonSerializable(typeof(CommInfoRequest))]
[JsonSerializable(typeof(CommOpen))]
[JsonSerializable(typeof(CompleteReply))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(ConnectReply))]
[JsonSerializable(typeof(CreateSubshellReply))]
[JsonSerializable(typeof(DebugReply))]
[JsonSerializable(typeof(DeleteSubshellRequest))]
[JsonSerializable(typeof(DisplayData))]
[JsonSerializable(typeof(ErrorContent))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ExecuteInput))]
[JsonSerializable(typeof(ExecuteReply))]
[JsonSerializable(typeof(ExecuteReplyError))]
[JsonSerializable(typeof(ExecuteReplyMetadata))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ExecuteResult))]
[JsonSerializable(typeof(ExpressionError))]
[JsonSerializable(typeof(ExpressionResult))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(InputReply))]
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(InspectReply))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(IoPubWelcome))]
[JsonSerializable(typeof(IsCompleteReply))]
[JsonSerializable(typeof(IsCompleteRequest))]
[JsonSerializable(typeof(KernelInfoReply))]
[JsonSerializable(typeof(ListSubshellReply))]
[JsonSerializable(typeof(ShutdownReply))]
[JsonSerializable(typeof(ShutdownRequest))]
[JsonSerializable(typeof(StatusContent))]
[JsonSerializable(typeof(StatusOnly))]
[JsonSerializable(typeof(StreamText))]
internal sealed partial class ProtocolJson : JsonSerializerContext
{
    // In a constructor, which runs after the initialisers of the generated part.
    static ProtocolJson() =>
        Shared = new ProtocolJson(
            new JsonSerializerOptions(Default.Options)
            {
                // No browser reads these bytes as HTML, and escaped HTML doubles in size.
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );

    /// <summary>The one instance.</summary>
    public static ProtocolJson Shared { get; }

    /// <summary>The JSON of one of the records, in UTF-8.</summary>
    public static byte[] Write(object content) =>
        JsonSerializer.SerializeToUtf8Bytes(content, content.GetType(), Shared);
}
