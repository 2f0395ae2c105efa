// Messaging spec: "Request-Reply", "History", "Connect", "Kernel info", "Kernel interrupt".
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Notebook.Jupyter.Protocol.Messages;

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
/// <param name="SupportedFeatures">Optional features, since 5.5.</param>
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

/// <summary><c>history_request</c>.</summary>
/// <param name="HistAccessType">tail, range or search.</param>
/// <param name="Output">Whether results are wanted too.</param>
/// <param name="Raw">Whether the text is wanted as it was typed; here there is no other.</param>
/// <param name="N">For tail and search: how many of the last cells.</param>
/// <param name="Session">For range: which session; 0 for this one, negative numbers count back from it.</param>
/// <param name="Start">For range: the first cell.</param>
/// <param name="Stop">For range: the cell after the last one.</param>
/// <param name="Pattern">For search: a glob.</param>
/// <param name="Unique">For search: whether of equal cells only the last is wanted.</param>
internal sealed record HistoryRequest(
    string HistAccessType,
    bool Output = false,
    bool Raw = true,
    int? N = null,
    int? Session = null,
    int? Start = null,
    int? Stop = null,
    string? Pattern = null,
    bool? Unique = null
);

/// <summary><c>history_reply</c>.</summary>
/// <param name="History">Triples of session, line number and input, or instead of it a pair of input and output.</param>
internal sealed record HistoryReply(IReadOnlyList<JsonArray> History)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}
