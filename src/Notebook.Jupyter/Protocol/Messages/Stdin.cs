// Messaging spec, "Messages on the stdin (ROUTER/DEALER) channel".
namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>input_request</c>.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Password">Whether the answer should not be seen.</param>
internal sealed record InputRequest(string Prompt, bool Password);

/// <summary><c>input_reply</c>.</summary>
/// <param name="Value">The answer.</param>
internal sealed record InputReply(string Value);
