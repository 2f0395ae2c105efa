namespace Notebook;

/// <summary>
/// Stops a command with one sentence for the user, who sees the message alone: no type name, no stack trace. A shell
/// exits with code 1.
/// </summary>
/// <param name="message">Names the value, what was expected and what to do.</param>
/// <param name="inner">What went wrong underneath, kept for logs.</param>
public sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
