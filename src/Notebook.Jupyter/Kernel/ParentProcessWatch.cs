using System.Diagnostics;

namespace Notebook.Jupyter.Kernel;

/// <summary>
/// Ends the kernel when the process that started it is gone, so that a front end that was killed leaves no kernel behind.
/// jupyter_client names that process in <c>JPY_PARENT_PID</c>.
/// </summary>
internal static class ParentProcessWatch
{
    /// <summary>The variable of the environment that names the process.</summary>
    public const string Variable = "JPY_PARENT_PID";

    /// <summary>Begins to watch, when there is such a process.</summary>
    /// <param name="parent">The variable's value.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="gone">Called once it is not, from another thread.</param>
    /// <returns>What ends the watch; null when there is nothing to watch.</returns>
    public static IDisposable? Start(string? parent, TimeSpan interval, Action gone)
    {
        if (!int.TryParse(parent, out var id) || id <= 1 || !IsThere(id))
        {
            return null;
        }

        return new Timer(_ => Look(), state: null, interval, interval);

        void Look()
        {
            if (!IsThere(id))
            {
                gone();
            }
        }
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
