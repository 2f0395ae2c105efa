using System.Globalization;
using System.Runtime.InteropServices;
using TResNet.Compute.Distributed;
using TResNet.Training;

namespace TResNet.Cli;

/// <summary>
/// The signals that ask a program to end: Ctrl-C, SIGTERM of batch systems and service managers, SIGHUP of a terminal that closes. The first stops the work
/// where it can be gone on from, a second ends the process at once, unless it comes within two seconds. SIGUSR1, which Slurm sends ahead of a job's end (<c>--signal=USR1@60</c>), has a training
/// write its state and go on. SIGUSR2 is SIGTERM by way of mpirun.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int SigHup = 1;
    private const int OneRequest = 2000; // milliseconds
    private const int SigUsr1 = 10; // of Linux; .NET has no name for it
    private const int SigTerm = 15;

    private static readonly (PosixSignal Signal, int Number)[] Asking =
    [
        (PosixSignal.SIGINT, 2),
        (PosixSignal.SIGTERM, 15),
        (PosixSignal.SIGHUP, SigHup),
    ];

    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> registered = [];
    private long askedAt = long.MaxValue / 2;
    private int asked;

    public StopSignals()
    {
        foreach (var (signal, number) in Asking)
        {
            // nohup has a program ignore that its terminal closes.
            if (number != SigHup || !IsIgnored(number))
            {
                registered.Add(PosixSignalRegistration.Create(signal, context => Stop(context, number)));
            }
        }

        if (OperatingSystem.IsLinux())
        {
            // mpirun passes this one on at once, where SIGTERM would have it kill what does not end within a second.
            registered.Add(
                PosixSignalRegistration.Create((PosixSignal)MpiLauncher.StopSignal, context => Stop(context, SigTerm))
            );
            registered.Add(
                PosixSignalRegistration.Create(
                    (PosixSignal)SigUsr1,
                    context =>
                    {
                        context.Cancel = true;
                        StateKeeper.SaveSoon();
                    }
                )
            );
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>What a shell reports for a program that the signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP; 0 where none came.</summary>
    public int ExitCode => asked == 0 ? 0 : 128 + asked;

    /// <inheritdoc/>
    public void Dispose()
    {
        registered.ForEach(each => each.Dispose());
        stop.Dispose();
    }

    // A terminal that closes sends SIGHUP twice, timeout(1) to the process and to its group, systemd SIGTERM and SIGHUP: what follows at once is one request.
    private void Stop(PosixSignalContext context, int number)
    {
        var isFirst = Interlocked.CompareExchange(ref asked, number, 0) == 0;
        if (isFirst)
        {
            Volatile.Write(ref askedAt, Environment.TickCount64);
            stop.Cancel();
        }

        context.Cancel =
            isFirst || number == SigHup || Environment.TickCount64 - Volatile.Read(ref askedAt) < OneRequest;
    }

    private static bool IsIgnored(int signal)
    {
        const string Mask = "SigIgn:";
        try
        {
            var line = File.ReadLines("/proc/self/status")
                .FirstOrDefault(each => each.StartsWith(Mask, StringComparison.Ordinal));
            return line is not null
                && ulong.TryParse(
                    line[Mask.Length..].Trim(),
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture,
                    out var mask
                )
                && (mask >> (signal - 1) & 1) == 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
