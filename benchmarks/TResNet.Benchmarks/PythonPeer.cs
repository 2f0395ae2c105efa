using System.Diagnostics;
using System.Globalization;

namespace TResNet.Benchmarks;

/// <summary>A Python process that measures its side of a benchmark, one round for each line it is sent.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;

    private PythonPeer(Process process, string version)
    {
        this.process = process;
        Version = version;
    }

    /// <summary>What the script said first: which library it measures.</summary>
    public string Version { get; }

    /// <summary>Starts a script of benchmarks/peers with the system's Python, which has Debian's torch; null where it cannot.</summary>
    public static PythonPeer? Start(string script)
    {
        // Debian's packages belong to this interpreter; another may come first on the PATH.
        const string python = "/usr/bin/python3";
        if (!File.Exists(python))
        {
            return null;
        }

        var process = Process.Start(
            new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peers", script)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var version = process.StandardOutput.ReadLine();
        return version is null ? null : new PythonPeer(process, version);
    }

    /// <summary>One round.</summary>
    public double Measure()
    {
        process.StandardInput.WriteLine();
        var line =
            process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The Python side of the benchmark ended early.");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
