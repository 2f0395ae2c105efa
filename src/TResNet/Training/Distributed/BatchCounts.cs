using System.Runtime.InteropServices;
using TResNet.Compute.Distributed;

namespace TResNet.Training.Distributed;

/// <summary>What part a process has in the loss of a batch: that of all is the sum of each one's mean by its part.</summary>
/// <param name="Images">Of what is a mean over images, such as a teacher's loss; from 0 to 1.</param>
/// <param name="Labels">Of the labels' loss, a mean over what <see cref="Losses.WeightOf"/> counts; from 0 to 1.</param>
internal readonly record struct LossShare(double Images, double Labels);

/// <summary>How many images a batch has on all processes together, and how much their labels count: asked for while forward runs.</summary>
internal sealed unsafe class BatchCounts : IDisposable
{
    private const int Images = 0;
    private const int Labels = 1;
    private const int Count = 2;

    private readonly ProcessGroup group;
    private readonly double* all = (double*)NativeMemory.AllocZeroed(Count, sizeof(double));
    private double images;
    private double labels;
    private IPendingReduction? pending;

    /// <param name="group">The processes.</param>
    public BatchCounts(ProcessGroup group) => this.group = group;

    /// <summary>The images of all; waits for the others.</summary>
    public double AllImages
    {
        get
        {
            Wait();
            return all[Images];
        }
    }

    /// <summary>This process's share; waits for the others.</summary>
    public LossShare Share
    {
        get
        {
            Wait();
            return new(Of(images, all[Images]), Of(labels, all[Labels]));
        }
    }

    /// <summary>Tells the others of a batch; all do so for each.</summary>
    /// <param name="images">The images of this process that count.</param>
    /// <param name="labels">How much their labels count.</param>
    public void Tell(double images, double labels)
    {
        Wait();
        (this.images, this.labels) = (images, labels);
        (all[Images], all[Labels]) = (images, labels);
        pending = group.AllReduce(MpiChannel.Control, (nint)all, Count, MpiType.Double);
    }

    /// <summary>Waits for the others, if anybody was told.</summary>
    public void Wait()
    {
        pending?.Wait();
        pending = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Else others may still write there.
        if (pending is null)
        {
            NativeMemory.Free(all);
        }
    }

    private static double Of(double own, double all) => all > 0 ? own / all : 0;
}
