using System.Diagnostics;

namespace Tests;

/// <summary>A fact about Jupyter's own client, skipped with the reason where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfNbclientAttribute : FactAttribute
{
    /// <summary>The system's Python, whose packages are Debian's; another one may come first on the path.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> Missing = new(() =>
    {
        if (!File.Exists(Python))
        {
            return $"{Python} is not there: install python3 and python3-nbclient.";
        }

        var start = new ProcessStartInfo(Python, ["-c", "import nbclient, nbformat, jupyter_client"])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd().TrimEnd().Split('\n')[^1];
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} lacks nbclient ({error}): install python3-nbclient.";
    });

    public FactIfNbclientAttribute() => Skip = Missing.Value;
}
