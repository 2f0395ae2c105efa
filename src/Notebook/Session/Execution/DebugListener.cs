using System.Diagnostics;

namespace Notebook.Session.Execution;

/// <summary>
/// Where <see cref="Debug"/> and <see cref="Trace"/> write: the console, so that it appears below the cell. An assertion that fails is an exception;
/// the listener that .NET installs would end the process.
/// </summary>
internal sealed class DebugListener : TraceListener
{
    /// <summary>Takes the place of .NET's own listener.</summary>
    public static void Install()
    {
        foreach (var own in Trace.Listeners.OfType<DefaultTraceListener>().ToList())
        {
            Trace.Listeners.Remove(own);
        }

        Trace.Listeners.Add(new DebugListener());
    }

    public override void Write(string? message) => Console.Write(message);

    public override void WriteLine(string? message) => Console.WriteLine(message);

    public override void Fail(string? message, string? detailMessage) =>
        throw new InvalidOperationException(
            string.IsNullOrEmpty(message) && string.IsNullOrEmpty(detailMessage)
                ? "An assertion failed."
                : $"An assertion failed: {string.Join(" ", new[] { message, detailMessage }.Where(each => !string.IsNullOrEmpty(each)))}"
        );
}
