using System.Diagnostics;
using TResNet.Compute.Distributed;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>What a step of all processes together is.</summary>
/// <param name="BatchSize">Images of a batch.</param>
/// <param name="GradAccumSteps">Batches.</param>
/// <param name="SyncBn">Whether normalisations take the statistics of all images.</param>
/// <param name="IsOneBackward">Whether each gradient comes once in a batch, and not from blocks that are computed again.</param>
internal sealed record StepShape(int BatchSize, int GradAccumSteps, bool SyncBn, bool IsOneBackward = true);

/// <summary>
/// What the processes do together in a step: each has a part of its images, and afterwards all have the gradients of all of them, as one process would.
/// The mean over all images is the sum of each part's mean by its share of the images.
/// </summary>
internal sealed class StepExchange : IDisposable
{
    // Of what is agreed at the end of a step, beside which gradients there are and the running statistics.
    private const int Images = 0;
    private const int Weight = 1;
    private const int Loss = 2;
    private const int Stop = 3;
    private const int Fixed = 4;

    private readonly ProcessGroup group;
    private readonly StepShape step;
    private readonly AgreedStop stop;
    private readonly GradientBuckets buckets;
    private readonly Tensor[] statistics;
    private readonly double[] agreed;
    private readonly Stopwatch waiting = new();
    private readonly Stopwatch communicating = new();
    private double images;
    private double weight;
    private int place;
    private bool hasImages = true;

    /// <param name="group">The processes.</param>
    /// <param name="model">The network.</param>
    /// <param name="step">What a step is.</param>
    /// <param name="stop">Whether to go on.</param>
    public StepExchange(ProcessGroup group, nn.Module model, StepShape step, AgreedStop stop)
    {
        (this.group, this.step, this.stop) = (group, step, stop);
        buckets = new GradientBuckets(group, model, step.IsOneBackward);
        // With statistics of all images they are the same everywhere.
        statistics = step.SyncBn ? [] : [.. model.buffers()];
        agreed = new double[Fixed + buckets.Parameters.Count + statistics.Sum(each => each.numel())];
        if (step.SyncBn)
        {
            SharedStatistics.Use(AddOthers);
        }
    }

    /// <summary>How many processes there are.</summary>
    public int Processes => group.Size;

    /// <summary>How long this process has waited for a slower one, in all steps.</summary>
    public TimeSpan Waited => waiting.Elapsed;

    /// <summary>How long it has stood still for gradients on their way, once all had computed theirs, in all steps.</summary>
    public TimeSpan Communicated => communicating.Elapsed;

    /// <summary>The buckets.</summary>
    public GradientBuckets Buckets => buckets;

    /// <summary>Begins a step.</summary>
    public void Begin()
    {
        (images, weight, place, hasImages) = (0, 0, 0, true);
        buckets.Begin();
    }

    /// <summary>What this process computes of a batch.</summary>
    /// <param name="batch">Its part of the images, and their labels; there may be none.</param>
    /// <param name="weight">What their mean loss is a mean over: their number, or what counts in its place.</param>
    /// <returns>The images to compute with, and what their mean loss counts; null where nobody has any.</returns>
    public (Tensor Images, Tensor Labels, double Share)? Take((Tensor Images, Tensor Labels) batch, double weight)
    {
        var count = batch.Images.shape[0];
        if (++place == step.GradAccumSteps)
        {
            buckets.Arm();
        }

        // All go through the network equally often where its statistics are those of all; one without images does so with an empty one that counts nothing.
        if (step.SyncBn && group.Sum(count) < 2)
        {
            return null;
        }

        hasImages = count > 0;
        images += count;
        if (!hasImages)
        {
            long[] one = [1, .. batch.Images.shape[1..]];
            long[] label = [1, .. batch.Labels.shape[1..]];
            return (
                zeros(one, batch.Images.dtype, batch.Images.device),
                zeros(label, batch.Labels.dtype, batch.Labels.device),
                0
            );
        }

        this.weight += weight;
        return (batch.Images, batch.Labels, weight / step.BatchSize);
    }

    /// <summary>Ends a step: all processes have its gradients, loss and statistics then.</summary>
    /// <param name="loss">This process's share of the loss.</param>
    /// <returns>The loss; null where no process had an image.</returns>
    public double? Finish(double loss)
    {
        buckets.Flush();
        waiting.Start();
        Agree(loss);
        waiting.Stop();
        stop.Follow(agreed[Stop] > 0);
        communicating.Start();
        try
        {
            if (agreed[Images] == 0)
            {
                buckets.Wait();
                return null;
            }

            // One, but for images that could not be read.
            var factor = (double)step.BatchSize * step.GradAccumSteps / agreed[Weight];
            buckets.Finish(factor, parameter => agreed[Fixed + parameter] > 0);
            FollowStatistics();
            return agreed[Loss] * factor;
        }
        finally
        {
            communicating.Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (step.SyncBn)
        {
            SharedStatistics.Use(null);
        }

        buckets.Dispose();
    }

    private void Agree(double loss)
    {
        (agreed[Images], agreed[Weight], agreed[Loss], agreed[Stop]) = (images, weight, loss, stop.IsAsked ? 1 : 0);
        for (var i = 0; i < buckets.Parameters.Count; i++)
        {
            agreed[Fixed + i] = buckets.Parameters[i].grad is null ? 0 : 1;
        }

        var at = Fixed + buckets.Parameters.Count;
        foreach (var each in statistics)
        {
            using var values = each.detach().to(ScalarType.Float64, CPU).contiguous();
            foreach (var value in values.data<double>())
            {
                agreed[at++] = images * value;
            }
        }

        group.AllReduce(agreed);
    }

    // Each process's by the images that it has seen: a state that one of them writes is then that of all.
    private void FollowStatistics()
    {
        using var _ = no_grad();
        var at = Fixed + buckets.Parameters.Count;
        foreach (var each in statistics)
        {
            var count = (int)each.numel();
            using var mean = tensor(
                Array.ConvertAll(agreed[at..(at + count)], sum => sum / agreed[Images]),
                each.shape
            );
            using var rounded = each.is_floating_point() ? mean.alias() : mean.round();
            each.copy_(rounded);
            at += count;
        }
    }

    private void AddOthers(Span<double> values)
    {
        if (hasImages)
        {
            group.AllReduce(values, MpiChannel.Statistics);
            return;
        }

        values.Clear();
        group.AllReduce(values, MpiChannel.Statistics);
        // Backward has two sums of each channel; forward has the count beside them. What is not there gets no gradient from others either.
        if (values.Length % 2 == 0)
        {
            values.Clear();
        }
    }
}
