// What is not a message, or not from who may send one, is dropped. A flood of it must not fill the disk with a log.
namespace Notebook.Jupyter.Kernel;

/// <summary>Logs dropped messages of one channel, up to a number in a while, and counts the rest. For one thread.</summary>
internal sealed class DroppedMessageLog(KernelLog log, string channel, TimeProvider time)
{
    /// <summary>How many lines may be written within <see cref="Window"/>.</summary>
    internal const int Most = 20;

    /// <summary>How long a while is.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private long began;
    private int count;

    /// <summary>Tells of a dropped message.</summary>
    public void Write(string reason)
    {
        if (count == 0 || time.GetElapsedTime(began) >= Window)
        {
            if (count > Most)
            {
                log.Write($"{count - Most} more messages on {channel} were dropped.");
            }

            (began, count) = (time.GetTimestamp(), 0);
        }

        if (++count <= Most)
        {
            log.Write($"A message on {channel} was dropped: {reason}.");
        }
        else if (count == Most + 1)
        {
            log.Write($"Further messages that are dropped on {channel} are counted, not told.");
        }
    }
}
