using System.Runtime.InteropServices;
using System.Text;

namespace TResNet.Cli;

/// <summary>
/// Standard output, or standard error. What cannot be written there is left out and the work goes on: a training is not lost because the disk
/// that its table should go to is full. Why it could not be written is kept, for the command to end with.
/// </summary>
internal sealed partial class StandardStream : TextWriter
{
    private const int GetDescriptorFlags = 1; // F_GETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private readonly TextWriter console;
    private readonly bool isClosed;

    private StandardStream(TextWriter console, int descriptor)
    {
        this.console = console;
        // A descriptor that the process was started with has been through exec; one with this flag would not have come through: the runtime has
        // taken the number, which was free, for a file of its own.
        isClosed =
            !OperatingSystem.IsWindows()
            && fcntl(descriptor, GetDescriptorFlags) is var flags
            && (flags < 0 || (flags & CloseOnExec) != 0);
    }

    /// <summary>Why nothing more can be written; null where all was.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => console.Encoding;

    /// <summary>Has both of the process, also for what writes to <see cref="Console"/>.</summary>
    public static (StandardStream Output, StandardStream Error) Open()
    {
        var (output, error) = (new StandardStream(Console.Out, 1), new StandardStream(Console.Error, 2));
        Console.SetOut(output);
        Console.SetError(error);
        return (output, error);
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (Failure is not null || buffer.IsEmpty)
        {
            return;
        }

        if (isClosed)
        {
            Failure = "it is closed";
            return;
        }

        try
        {
            console.Write(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = SystemLimits.Reason(exception);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (Failure is null && !isClosed)
        {
            console.Flush();
        }
    }

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command);
}
