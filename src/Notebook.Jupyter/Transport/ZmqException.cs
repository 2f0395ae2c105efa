namespace Notebook.Jupyter.Transport;

/// <summary>A call into libzmq failed.</summary>
/// <param name="message">What was being done, and libzmq's reason.</param>
/// <param name="errorNumber">The <c>errno</c> value.</param>
internal sealed class ZmqException(string message, int errorNumber) : Exception(message)
{
    /// <summary>The <c>errno</c> value.</summary>
    public int ErrorNumber { get; } = errorNumber;
}
