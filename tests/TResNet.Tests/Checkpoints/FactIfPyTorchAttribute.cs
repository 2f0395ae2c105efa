using System.Collections.Concurrent;
using System.Diagnostics;

namespace TResNet.Tests.Checkpoints;

/// <summary>A test against the real PyTorch, skipped with its reason where Python or torch is not installed.</summary>
internal sealed class FactIfPyTorchAttribute : FactAttribute
{
    private const string Python = "/usr/bin/python3";

    private static readonly ConcurrentDictionary<string, string?> Missing = new();

    /// <param name="module">What Python has to have.</param>
    public FactIfPyTorchAttribute(string module = "torch") => Skip = Missing.GetOrAdd(module, Look);

    private static string? Look(string module)
    {
        if (!File.Exists(Python))
        {
            return $"{Python} is not installed.";
        }

        var (code, _, _) = Start([
            "-c",
            $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)",
        ]);
        return code == 0 ? null : $"{Python} has no {module}: apt-get install python3-{module}.";
    }

    /// <summary>Runs Python and gives what it printed; a failure of the script fails the test.</summary>
    internal static string Run(params string[] arguments)
    {
        var (code, output, error) = Start(arguments);
        Assert.True(code == 0, $"{Python} {string.Join(' ', arguments)} failed:\n{error}");
        return output;
    }

    private static (int Code, string Output, string Error) Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
