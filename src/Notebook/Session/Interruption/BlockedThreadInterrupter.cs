// Thread.Sleep, Task.Wait and locks do not look at a token. A thread that waits in one can be woken by Thread.Interrupt,
// which is done only to cells, only after an interrupt, and only when the thread has done nothing but wait since.
namespace Notebook.Session.Interruption;

/// <summary>Wakes the thread that it was made on, when its cell is interrupted and it goes on sleeping.</summary>
internal sealed class BlockedThreadInterrupter : IDisposable
{
    // Code that looks at its token has this long to end in its own way. Interrupting it then would break its cleaning up.
    private const int LooksBeforeWaking = 10;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly Thread thread = Thread.CurrentThread;
    private readonly Lock gate = new();
    private readonly CancellationTokenRegistration registration;
    private Timer? timer;
    private int asleep;
    private bool woken;
    private bool ended;

    /// <summary>Watches the calling thread until it disposes this.</summary>
    public BlockedThreadInterrupter(CancellationToken cancellation) =>
        registration = cancellation.UnsafeRegister(_ => StartLooking(), state: null);

    /// <summary>Ends the watch, on the thread that began it.</summary>
    public void Dispose()
    {
        registration.Unregister();
        lock (gate)
        {
            ended = true;
            timer?.Dispose();
        }

        if (woken)
        {
            try
            {
                // A wake that came too late would strike the thread's next wait, which is none of the cell's.
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                // As meant.
            }
        }
    }

    private void StartLooking()
    {
        lock (gate)
        {
            timer = ended ? null : new Timer(_ => Look(), state: null, BetweenLooks, BetweenLooks);
        }
    }

    private void Look()
    {
        lock (gate)
        {
            if (ended || woken)
            {
                return;
            }

            asleep = thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin) ? asleep + 1 : 0;
            if (asleep >= LooksBeforeWaking)
            {
                woken = true;
                thread.Interrupt();
            }
        }
    }
}
