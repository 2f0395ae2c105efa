using TResNet.Compute.Distributed;

namespace TResNet.Training.Distributed;

/// <summary>Moves sums under way on while backward computes: few MPIs do so by themselves. It sleeps nearly always.</summary>
internal sealed class ProgressThread : IDisposable
{
    private readonly ProcessGroup group;
    private readonly ManualResetEventSlim wanted = new(false);
    private readonly Thread thread;
    private volatile bool isOver;
    private volatile Exception? failure;

    public ProgressThread(ProcessGroup group)
    {
        this.group = group;
        thread = new Thread(Run) { IsBackground = true, Name = "exchange of gradients" };
        thread.Start();
    }

    /// <summary>What ended it before its time; null where nothing has.</summary>
    public Exception? Failure => failure;

    /// <summary>Something is under way.</summary>
    public void Work() => wanted.Set();

    /// <summary>Nothing is under way any more.</summary>
    public void Rest() => wanted.Reset();

    /// <inheritdoc/>
    public void Dispose()
    {
        isOver = true;
        wanted.Set();
        thread.Join();
        wanted.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            wanted.Wait();
            if (isOver)
            {
                return;
            }

            try
            {
                group.Progress();
            }
            catch (TResNetException failed)
            {
                failure = failed;
                return;
            }
        }
    }
}
