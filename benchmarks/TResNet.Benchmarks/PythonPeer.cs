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

    /// <summary>
    /// Starts a script of benchmarks/peers with the system's Python, which has Debian's torch and Jupyter; null where it cannot.
    /// </summary>
    public static PythonPeer? Start(string script, params IEnumerable<string> arguments)
    {
        // Debian's packages belong to this interpreter; another may come first on the PATH.
        const string python = "/usr/bin/python3";
        if (!File.Exists(python))
        {
            return null;
        }

        var start = new ProcessStartInfo(
            python,
            [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // The peer waits as it does by itself, whatever is tried on our side.
        start.Environment.Remove("OMP_WAIT_POLICY");
        start.Environment.Remove("GOMP_SPINCOUNT");
        var process = Process.Start(start)!;
        var version = process.StandardOutput.ReadLine();
        return version is null ? null : new PythonPeer(process, version);
    }

    /// <summary>One round that is a number.</summary>
    public double Measure() => double.Parse(Ask(""), CultureInfo.InvariantCulture);

    /// <summary>One round of what the script calls by a name; its answer.</summary>
    public string Ask(string what)
    {
        process.StandardInput.WriteLine(what);
        return process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("The Python side of the benchmark ended early.");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
