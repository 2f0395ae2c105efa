using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace TResNet.Benchmarks;

/// <summary>A process that measures its side of a benchmark, one round for each line it is sent.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process process;

    // TorchSharp says on some processors, with each convolution, that NNPACK cannot be initialised.
    private string? lastError;

    private PeerProcess(Process process, string version)
    {
        this.process = process;
        Version = version;
        process.ErrorDataReceived += (_, line) => lastError = line.Data ?? lastError;
        process.BeginErrorReadLine();
    }

    /// <summary>What it said first: which library it measures.</summary>
    public string Version { get; }

    /// <summary>Starts a script of benchmarks/peers with the system's Python, which has Debian's Jupyter; null where it cannot.</summary>
    public static PeerProcess? OfPython(string script, params IEnumerable<string> arguments)
    {
        // Debian's packages belong to this interpreter; another may come first on the PATH.
        const string python = "/usr/bin/python3";
        return File.Exists(python)
            ? Start(python, [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments])
            : null;
    }

    /// <summary>Starts benchmarks/TResNet.Peers; null where it does not run.</summary>
    public static PeerProcess? OfLibrary(params IEnumerable<string> arguments)
    {
        var program = typeof(PeerProcess)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == "Peers")
            .Value!;
        return Start("dotnet", [program, .. arguments]);
    }

    /// <summary>One round that is a number.</summary>
    public double Measure() => double.Parse(Ask(""), CultureInfo.InvariantCulture);

    /// <summary>One round of what it calls by a name; its answer.</summary>
    public string Ask(string what)
    {
        try
        {
            process.StandardInput.WriteLine(what);
            if (process.StandardOutput.ReadLine() is { } answer)
            {
                return answer;
            }
        }
        catch (IOException)
        {
            // It ended before it was asked.
        }

        process.WaitForExit();
        throw new InvalidOperationException(
            $"{Version} ended with the exit code {process.ExitCode} when it was asked for {what}; it said last: {lastError ?? "nothing"}"
        );
    }

    public void Dispose()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        process.WaitForExit();
        process.Dispose();
    }

    private static PeerProcess? Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The peer has its own defaults, whatever is set on our side.
        foreach (var name in new[] { "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "MALLOC_ARENA_MAX" })
        {
            start.Environment.Remove(name);
        }

        var process = Process.Start(start)!;
        var version = process.StandardOutput.ReadLine();
        if (version is not null)
        {
            return new PeerProcess(process, version);
        }

        Console.Error.Write(process.StandardError.ReadToEnd());
        return null;
    }
}
