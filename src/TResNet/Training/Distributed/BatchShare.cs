using TResNet.Compute.Distributed;

namespace TResNet.Training.Distributed;

/// <summary>Which images of a batch a process takes: the batch is that of a step on one process, whatever the number of them.</summary>
internal static class BatchShare
{
    /// <summary>The part of a batch that a process takes.</summary>
    public static T[] Of<T>(T[] all, ProcessGroup group)
    {
        var (start, end) = group.PartOf(all.Length);
        return all[start..end];
    }

    /// <summary>Refuses batches that leave a process without images to normalise with.</summary>
    /// <exception cref="TResNetException">A batch has fewer than two for each.</exception>
    public static void Require(int batchSize, ProcessGroup group)
    {
        if (group.IsShared && batchSize < 2 * group.Size)
        {
            throw new TResNetException(
                $"A batch of {batchSize} images is divided among {group.Size} processes, and each takes two at least: choose a batch size of {2 * group.Size} or more, or fewer processes."
            );
        }
    }
}
