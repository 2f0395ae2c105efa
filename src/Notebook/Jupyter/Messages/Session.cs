// Messaging spec: "Request-Reply", "History", "Connect", "Kernel info", "Kernel shutdown", "Kernel interrupt".
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Notebook.Jupyter.Messages;

/// <summary>A reply that says only how it went: <c>interrupt_reply</c>, and any reply with status aborted.</summary>
internal sealed record StatusOnly(string Status)
{
    /// <summary>It went well.</summary>
    public static readonly StatusOnly Ok = new("ok");

    /// <summary>The request was not looked at, because one before it failed.</summary>
    public static readonly StatusOnly Aborted = new("aborted");
}

/// <summary>Any reply with status error (messaging spec, "Request-Reply").</summary>
internal sealed record ErrorReply(string Ename, string Evalue, IReadOnlyList<string> Traceback)
{
    /// <summary>Always error.</summary>
    public string Status => "error";
}

/// <summary><c>kernel_info_reply</c>.</summary>
/// <param name="ProtocolVersion">The messaging protocol's version.</param>
/// <param name="Implementation">The kernel's name.</param>
/// <param name="ImplementationVersion">The kernel's version.</param>
/// <param name="LanguageInfo">How front ends show and save the code.</param>
/// <param name="Banner">What a console shows first.</param>
/// <param name="HelpLinks">Entries of the Help menu.</param>
/// <param name="SupportedFeatures">Optional features, since 5.5; none yet.</param>
internal sealed record KernelInfoReply(
    string ProtocolVersion,
    string Implementation,
    string ImplementationVersion,
    LanguageInfo LanguageInfo,
    string Banner,
    IReadOnlyList<HelpLink> HelpLinks,
    IReadOnlyList<string> SupportedFeatures
)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";

    /// <summary>Whether there is a debugger; replaced by <see cref="SupportedFeatures"/> in 5.5, read by front ends before it.</summary>
    public bool Debugger => SupportedFeatures.Contains("debugger");
}

/// <summary><c>language_info</c>, which also goes into the document's metadata.</summary>
internal sealed record LanguageInfo(
    string Name,
    string Version,
    [property: JsonPropertyName("mimetype")] string MimeType,
    string FileExtension,
    string PygmentsLexer,
    string CodemirrorMode
);

/// <summary>An entry of the Help menu.</summary>
internal sealed record HelpLink(string Text, string Url);

/// <summary><c>connect_reply</c> (deprecated since 5.1, harmless to answer).</summary>
internal sealed record ConnectReply(int ShellPort, int IopubPort, int StdinPort, int HbPort, int ControlPort)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>history_reply</c>.</summary>
/// <param name="History">Triples of session, line number and input.</param>
internal sealed record HistoryReply(IReadOnlyList<JsonArray> History)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>shutdown_request</c>.</summary>
/// <param name="Restart">Whether the front end starts the kernel again.</param>
internal sealed record ShutdownRequest(bool Restart = false);

/// <summary><c>shutdown_reply</c>.</summary>
/// <param name="Restart">As in the request.</param>
internal sealed record ShutdownReply(bool Restart)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}
