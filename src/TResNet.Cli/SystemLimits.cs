using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TResNet.Cli;

/// <summary>What a shell allows a process (<c>ulimit</c>), and what the system says where that, or a disk, is at its end.</summary>
internal static partial class SystemLimits
{
    private const int FileSizeExceeded = 25; // SIGXFSZ of Linux; .NET has no name for it
    private const nint Ignore = 1; // SIG_IGN
    private const int TooManyFiles = 24; // EMFILE
    private const int FileTooLarge = 27; // EFBIG
    private const int FewestFiles = 128; // 80 do for a network, and a training opens images and logs besides
    private const int FileSize = 1; // RLIMIT_FSIZE
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    /// <summary>
    /// Whether the process may open fewer files than any work takes. Then that has been said on standard error, by the system's own call: without a
    /// file to open neither the console nor an exception's text can be had.
    /// </summary>
    public static bool AreTooFewFiles()
    {
        if (OperatingSystem.IsWindows() || getrlimit(OpenFiles, out var limits) != 0 || limits.Soft >= FewestFiles)
        {
            return false;
        }

        var sentence = Encoding.UTF8.GetBytes(
            $"tresnet: this shell allows a process {limits.Soft} open files, and at least {FewestFiles} are needed: ulimit -n 1024 allows more.\n"
        );
        _ = write(2, sentence, (nuint)sentence.Length);
        return true;
    }

    /// <summary>Has a write beyond the allowed size of a file fail, where the system would end the process.</summary>
    public static void FailOnFileSize()
    {
        if (OperatingSystem.IsLinux())
        {
            signal(FileSizeExceeded, Ignore);
        }
    }

    /// <summary>What is at its end, in a sentence, where a failure comes of that; null where it does not.</summary>
    public static string? Sentence(Exception exception)
    {
        for (var each = exception; each is not null; each = each.InnerException)
        {
            if (Errno(each) == TooManyFiles || each.Message.Contains("Too many open files", StringComparison.Ordinal))
            {
                return $"this shell allows a process {Limit(OpenFiles)} open files, and more are needed: ulimit -n 1024 allows more.";
            }

            if (IsFileTooLarge(each))
            {
                return $"a file would become larger than this shell allows, {Limit(FileSize)} bytes: ulimit -f unlimited allows more.";
            }
        }

        return exception is IOException or UnauthorizedAccessException ? exception.Message : null;
    }

    /// <summary>Why a stream could not be written, as the end of a sentence without its full stop.</summary>
    public static string Reason(Exception exception) =>
        IsFileTooLarge(exception)
            ? $"the file has reached the size that this shell allows, {Limit(FileSize)} bytes (ulimit -f)"
            : (exception.InnerException ?? exception).Message.TrimEnd('.');

    // .NET calls a length that the system refuses an argument.
    private static bool IsFileTooLarge(Exception exception) =>
        Errno(exception) == FileTooLarge
        || exception
            is ArgumentOutOfRangeException { ParamName: "value", TargetSite.DeclaringType.Namespace: "System.IO" };

    // .NET has the system's number of an error there.
    private static int? Errno(Exception exception) => exception is IOException ? exception.HResult : null;

    private static string Limit(int resource) =>
        !OperatingSystem.IsWindows() && getrlimit(resource, out var limits) == 0 && limits.Soft < ulong.MaxValue / 2
            ? limits.Soft.ToString(CultureInfo.InvariantCulture)
            : "fewer";

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limits limits);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, byte[] bytes, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limits(ulong Soft, ulong Hard);
}
