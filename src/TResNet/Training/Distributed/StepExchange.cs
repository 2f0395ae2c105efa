using System.Diagnostics;
using TResNet.Compute.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>What a step of all processes together is.</summary>
/// <param name="GradAccumSteps">Batches.</param>
/// <param name="SyncBn">Whether normalisations take the statistics of all images.</param>
/// <param name="IsOneBackward">Whether each gradient comes once in a batch, and not from blocks that are computed again.</param>
internal sealed record StepShape(int GradAccumSteps, bool SyncBn, bool IsOneBackward = true);

/// <summary>
/// What the processes do together in a step: each has a part of its images, and afterwards all have the gradients of all of them, as one process would.
/// </summary>
internal sealed class StepExchange : IDisposable
{
    // Of what is agreed at the end of a step, beside which gradients there are and the running statistics.
    private const int Images = 0;
    private const int Loss = 1;
    private const int Stop = 2;
    private const int Fixed = 3;

    // A single image has no batch statistics of its own to normalise with.
    private const int Fewest = 2;

    private readonly ProcessGroup group;
    private readonly StepShape step;
    private readonly AgreedStop stop;
    private readonly GradientBuckets buckets;
    private readonly BatchCounts counts;
    private readonly SyncBnReducer? normalisations;
    private readonly Tensor[] statistics;
    private readonly double[] agreed;
    private readonly Stopwatch waiting = new();
    private readonly Stopwatch communicating = new();
    private double images;
    private int place;

    /// <param name="group">The processes.</param>
    /// <param name="model">The network.</param>
    /// <param name="step">What a step is.</param>
    /// <param name="stop">Whether to go on.</param>
    public StepExchange(ProcessGroup group, nn.Module model, StepShape step, AgreedStop stop)
    {
        (this.group, this.step, this.stop) = (group, step, stop);
        buckets = new GradientBuckets(group, model, step.IsOneBackward);
        counts = new BatchCounts(group);
        normalisations = step.SyncBn ? new SyncBnReducer(group) : null;
        // With statistics of all images they are the same everywhere.
        statistics = step.SyncBn ? [] : [.. model.buffers()];
        agreed = new double[Fixed + buckets.Parameters.Count + statistics.Sum(each => each.numel())];
    }

    /// <summary>How many processes there are.</summary>
    public int Processes => group.Size;

    /// <summary>How long this process has waited for a slower one, in all steps.</summary>
    public TimeSpan Waited => waiting.Elapsed;

    /// <summary>How long it has stood still for gradients on their way, once all had computed theirs, in all steps.</summary>
    public TimeSpan Communicated => communicating.Elapsed;

    /// <summary>The buckets.</summary>
    public GradientBuckets Buckets => buckets;

    /// <summary>What this process's part has in the loss of the last batch that <see cref="Take"/> gave; waits for the slowest to begin it.</summary>
    public LossShare Share
    {
        get
        {
            waiting.Start();
            var share = counts.Share;
            waiting.Stop();
            return share;
        }
    }

    /// <summary>Begins a step.</summary>
    public void Begin()
    {
        (images, place) = (0, 0);
        buckets.Begin();
    }

    /// <summary>What this process computes of a batch; all ask for each.</summary>
    /// <param name="batch">Its part of the images, and their labels; there may be none.</param>
    /// <param name="weight">What their mean loss is a mean over: their number, or what counts in its place.</param>
    /// <returns>The images to compute with; null where there is nothing to compute.</returns>
    public (Tensor Images, Tensor Labels)? Take((Tensor Images, Tensor Labels) batch, double weight)
    {
        if (++place == step.GradAccumSteps)
        {
            buckets.Arm();
        }

        var count = batch.Images.shape[0];
        if (normalisations is null)
        {
            var isEnough = count >= Fewest;
            counts.Tell(isEnough ? count : 0, isEnough ? weight : 0);
            images += isEnough ? count : 0;
            return isEnough ? batch : null;
        }

        counts.Tell(count, weight);
        waiting.Start();
        var isThere = counts.AllImages >= SyncBnReducer.Fewest;
        waiting.Stop();
        images += isThere ? count : 0;
        return isThere ? normalisations.Fill(batch) : null;
    }

    /// <summary>Ends a step: all processes have its gradients, loss and statistics then.</summary>
    /// <param name="loss">This process's share of the loss.</param>
    /// <returns>The loss; null where no process had an image.</returns>
    public double? Finish(double loss)
    {
        // A gradient that is asked for is held until its wrapper is disposed.
        using var scope = NewDisposeScope();
        buckets.Flush();
        waiting.Start();
        counts.Wait();
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

            buckets.Finish(parameter => agreed[Fixed + parameter] > 0);
            FollowStatistics();
            return agreed[Loss];
        }
        finally
        {
            communicating.Stop();
        }
    }

    /// <summary>Ends it in order, where all processes do so; otherwise what is under way ends with this process.</summary>
    public void Leave() => buckets.Leave();

    /// <inheritdoc/>
    public void Dispose()
    {
        normalisations?.Dispose();
        counts.Dispose();
        buckets.Dispose();
    }

    private void Agree(double loss)
    {
        (agreed[Images], agreed[Loss], agreed[Stop]) = (images, loss, stop.IsAsked ? 1 : 0);
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
}
