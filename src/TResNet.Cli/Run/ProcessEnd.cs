// signal(7): what the exit codes above 128 of shells and of .NET's Process stand for.
namespace TResNet.Cli;

/// <summary>Says how a process ended that should not have.</summary>
internal static class ProcessEnd
{
    /// <summary>The name of the error of a cell that ended its process.</summary>
    public const string ErrorName = "Crash";

    private static readonly Dictionary<int, string> Signals = new()
    {
        [4] = "SIGILL, an instruction that this processor has not",
        [6] = "SIGABRT, which the runtime or a native library calls for",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL, as the system kills who takes too much memory",
        [11] = "SIGSEGV, a fault of native code",
        [15] = "SIGTERM",
    };

    /// <summary>What a process says on its last lines that tells more than a signal.</summary>
    private static readonly string[] Telling =
    [
        "Stack overflow.",
        "Out of memory.",
        "Process terminated.",
        "Unhandled exception.",
        "Fatal error.",
        "terminate called",
        "what():",
        "malloc",
        "free():",
        "double free",
        "corrupted",
    ];

    /// <summary>How it ended, in one sentence.</summary>
    /// <param name="code">The exit code, 128 and the signal's number where a signal ended it.</param>
    /// <param name="lines">What it wrote last.</param>
    public static string Sentence(int code, IReadOnlyList<string> lines)
    {
        var reason = lines
            .Select(line => line.Trim())
            .FirstOrDefault(line => Telling.Any(start => line.StartsWith(start, StringComparison.Ordinal)))
            ?.TrimEnd('.');
        var how =
            code > 128 && Signals.TryGetValue(code - 128, out var signal) ? $"by {signal}"
            : code > 128 ? $"by signal {code - 128}"
            : $"with exit code {code}";
        return reason is null ? $"The process ended {how}." : $"The process ended: {reason} ({how}).";
    }
}
