using System.Diagnostics;

namespace Notebook.Jupyter.Kernel;

/// <summary>
/// Ends the kernel when the process that started it is gone, so that a front end that was killed leaves no kernel behind.
/// jupyter_client names that process in <c>JPY_PARENT_PID</c>.
/// </summary>
internal static class ParentWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Begins to watch, when the variable names a process that is there.</summary>
    /// <param name="gone">Called once it is not, from another thread.</param>
    /// <returns>What ends the watch; null when there is nothing to watch.</returns>
    public static IDisposable? Start(Action gone)
    {
        var variable = Environment.GetEnvironmentVariable("JPY_PARENT_PID");
        return int.TryParse(variable, out var parent) && parent > 1 && IsThere(parent)
            ? new Timer(
                _ =>
                {
                    if (!IsThere(parent))
                    {
                        gone();
                    }
                },
                state: null,
                Interval,
                Interval
            )
            : null;
    }

    private static bool IsThere(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
