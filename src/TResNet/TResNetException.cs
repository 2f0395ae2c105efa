namespace TResNet;

/// <summary>
/// A problem that the user can mend. The message is one sentence that names the value, what was expected and what to do; notebooks and shells
/// show it alone.
/// </summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">What went wrong underneath, kept for logs.</param>
public sealed class TResNetException(string message, Exception? inner = null) : Exception(message, inner);
