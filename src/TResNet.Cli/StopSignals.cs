using System.Globalization;
using System.Runtime.InteropServices;
using TResNet.Compute.Distributed;
using TResNet.Training;

namespace TResNet.Cli;

/// <summary>What a signal asks for.</summary>
internal enum SignalRequest
{
    /// <summary>To write a state and go on.</summary>
    Save,

    /// <summary>To stop the work where it can be gone on from.</summary>
    Stop,

    /// <summary>To end at once.</summary>
    End,
}

/// <summary>
/// The signals that ask a program to end: Ctrl-C, SIGTERM of batch systems and service managers, SIGHUP of a terminal that closes. The first stops the work
/// where it can be gone on from, a second ends the process at once, unless it comes within two seconds. SIGUSR1, which Slurm sends ahead of a job's end (<c>--signal=USR1@60</c>), has a training
/// write its state and go on. SIGUSR2 is SIGTERM by way of mpirun.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int SigHup = 1;
    private const int SigQuit = 3;
    private const int OneRequest = 2000; // milliseconds
    private const int SigTerm = 15;

    private static readonly (PosixSignal Signal, int Number)[] Asking =
    [
        (PosixSignal.SIGINT, 2),
        (PosixSignal.SIGTERM, 15),
        (PosixSignal.SIGHUP, SigHup),
    ];

    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> registered = [];
    private readonly Lock gate = new();
    private Action<SignalRequest>? elsewhere;
    private long askedAt;
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

        // Nobody sends this one to have anything finished; a shell has what it starts in the background ignore it.
        if (!IsIgnored(SigQuit))
        {
            registered.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, End));
        }

        if (OperatingSystem.IsLinux())
        {
            // mpirun passes this one on at once, where SIGTERM would have it kill what does not end within a second.
            registered.Add(
                PosixSignalRegistration.Create((PosixSignal)MpiLauncher.StopSignal, context => Stop(context, SigTerm))
            );
            // .NET has no name for it either.
            registered.Add(PosixSignalRegistration.Create((PosixSignal)MpiLauncher.SaveSignal, Save));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>What a shell reports for a program that the signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP; 0 where none came.</summary>
    public int ExitCode => asked == 0 ? 0 : 128 + asked;

    /// <summary>Tells somebody of each request, who does what it asks for in place of this process. A request that came before is told at once.</summary>
    /// <param name="who">Is called by any thread, one call at a time.</param>
    /// <returns>Ends that when it is disposed.</returns>
    public IDisposable PassTo(Action<SignalRequest> who)
    {
        lock (gate)
        {
            elsewhere = who;
            if (asked != 0)
            {
                who(SignalRequest.Stop);
            }
        }

        return new Passing(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        registered.ForEach(each => each.Dispose());
        stop.Dispose();
    }

    // A terminal that closes sends SIGHUP twice, timeout(1) to the process and to its group, systemd SIGTERM and SIGHUP: what follows at once is one request.
    private void Stop(PosixSignalContext context, int number)
    {
        bool isFirst;
        lock (gate)
        {
            isFirst = asked == 0;
            (asked, askedAt) = isFirst ? (number, Environment.TickCount64) : (asked, askedAt);
            context.Cancel = isFirst || number == SigHup || Environment.TickCount64 - askedAt < OneRequest;
            if (isFirst)
            {
                elsewhere?.Invoke(SignalRequest.Stop);
            }
        }

        if (isFirst)
        {
            stop.Cancel();
        }
        else if (!context.Cancel)
        {
            End(context);
        }
    }

    private void End(PosixSignalContext context) => context.Cancel = IsPassed(SignalRequest.End);

    private void Save(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!IsPassed(SignalRequest.Save))
        {
            StateKeeper.SaveSoon();
        }
    }

    private bool IsPassed(SignalRequest request)
    {
        lock (gate)
        {
            elsewhere?.Invoke(request);
            return elsewhere is not null;
        }
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

    private sealed class Passing(StopSignals signals) : IDisposable
    {
        public void Dispose()
        {
            lock (signals.gate)
            {
                signals.elsewhere = null;
            }
        }
    }
}
