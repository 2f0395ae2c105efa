// One pass over a data set in evaluation mode.

using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>Measures a network on a data set.</summary>
public static class Evaluator
{
    /// <summary>Classifies every image that can be read. The network's training flags are left as they were.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>.</param>
    /// <param name="data">Images of the size and channels that the network takes.</param>
    /// <param name="batchSize">Images at a time; at least 1.</param>
    /// <param name="progress">Told after each batch: images classified, all images, and the share of those done that was classified rightly, 0 to 1.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <param name="computeType">What convolutions compute in.</param>
    /// <param name="optimize">Whether to optimise the network first (<see cref="Optimization.Optimize"/>), which takes some seconds.</param>
    /// <param name="keepProbabilities">
    /// Whether to keep the probability of each class for each image, 4 bytes each (<see cref="EvaluationResult.Probabilities"/>).
    /// </param>
    /// <exception cref="TResNetException">The batch size is below 1, or the network does not take these images or has fewer outputs than there are classes, or its device does not compute in the precision.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EvaluationResult Evaluate(
        nn.Module<Tensor, Tensor> model,
        ImageDataset data,
        int batchSize = 250,
        IProgress<(int Done, int Images, double Top1)>? progress = null,
        CancellationToken cancel = default,
        ComputeType computeType = ComputeType.Float32,
        bool optimize = false,
        bool keepProbabilities = false
    ) =>
        Evaluate(model, [data], mirrored: false, batchSize, progress, cancel, computeType, optimize, keepProbabilities);

    /// <summary>The same by several processes, each of which classifies a part of the images and gets what came out of all.</summary>
    /// <param name="model">The same network on all of them.</param>
    /// <param name="data">The same images.</param>
    /// <param name="batchSize">Images at a time.</param>
    /// <param name="group">The processes.</param>
    /// <param name="stop">Honoured between two batches, by all of them at the same one.</param>
    /// <param name="computeType">What convolutions compute in.</param>
    /// <param name="keepProbabilities">Whether to keep the probability of each class for each image.</param>
    /// <exception cref="TResNetException">As with one process.</exception>
    /// <exception cref="OperationCanceledException">One of them is to stop.</exception>
    internal static EvaluationResult Evaluate(
        nn.Module<Tensor, Tensor> model,
        ImageDataset data,
        int batchSize,
        ProcessGroup group,
        AgreedStop stop,
        ComputeType computeType,
        bool keepProbabilities
    )
    {
        if (!group.IsShared)
        {
            return Evaluate(model, data, batchSize, null, stop.Token, computeType, false, keepProbabilities);
        }

        DatasetCheck.Require(model, data);
        using var mode = new ModeScope(model, training: false);
        using var gradients = no_grad();
        var answers = new MetricAccumulator(data, keepProbabilities);
        var placement = Placement.Of(model);
        var (start, end) = group.PartOf(data.Count);
        using var forward = new EvaluationPass(
            model,
            [data.Channels, data.Height, data.Width],
            computeType,
            end - start,
            batchSize,
            optimize: false,
            stop.Token
        );
        using var loader = new DataLoader(
            data,
            Enumerable.Range(start, end - start).Chunk(batchSize),
            epoch: null,
            cancel: stop.Token,
            pinMemory: placement.Pins
        );
        using var batches = loader.GetEnumerator();
        // As many rounds as the longest part has batches, so that all agree equally often whether to go on.
        var most = (data.Count + group.Size - 1) / group.Size;
        for (var done = 0; done < most; done += batchSize)
        {
            stop.Agree();
            if (batches.MoveNext() && batches.Current is { Count: > 0 } batch)
            {
                using var scope = NewDisposeScope();
                answers.Add(
                    batch.Indices,
                    forward.Logits(placement.Move(batch.Images)),
                    batch.Labels.to(placement.Device)
                );
            }
        }

        return answers.Gather(group).Finish();
    }

    /// <summary>Classifies every image that can be read by the average of what the network says of several views of it.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>.</param>
    /// <param name="views">The same images, cropped in different ways; at least one.</param>
    /// <param name="mirrored">Whether each is looked at mirrored left to right too.</param>
    /// <param name="batchSize">Views at a time; at least 1, and at least one image's.</param>
    /// <param name="progress">Told after each batch: images classified, all images, and the share of those done that was classified rightly, 0 to 1.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <param name="computeType">What convolutions compute in.</param>
    /// <param name="optimize">Whether to optimise the network first (<see cref="Optimization.Optimize"/>), which takes some seconds.</param>
    /// <param name="keepProbabilities">
    /// Whether to keep the probability of each class for each image, 4 bytes each (<see cref="EvaluationResult.Probabilities"/>).
    /// </param>
    /// <exception cref="TResNetException">
    /// As with one view, or there is none, or not one image that can be read, or an image could be read for one view and not for another.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EvaluationResult Evaluate(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<ImageDataset> views,
        bool mirrored,
        int batchSize = 250,
        IProgress<(int Done, int Images, double Top1)>? progress = null,
        CancellationToken cancel = default,
        ComputeType computeType = ComputeType.Float32,
        bool optimize = false,
        bool keepProbabilities = false
    )
    {
        if (views.Count == 0)
        {
            throw new TResNetException("There is no view of the images to evaluate; give at least one.");
        }

        var data = views[0];
        if (batchSize < 1)
        {
            throw new TResNetException(
                $"The batch size is {batchSize}, but it has to be at least 1; choose a larger one."
            );
        }

        data.RequireImages();
        foreach (var view in views)
        {
            DatasetCheck.Require(model, view);
        }

        using var mode = new ModeScope(model, training: false);
        using var gradients = no_grad();
        var answers = new MetricAccumulator(data, keepProbabilities);
        var placement = Placement.Of(model);
        using var forward = new EvaluationPass(
            model,
            [data.Channels, data.Height, data.Width],
            computeType,
            data.Count,
            Math.Max(1, batchSize / (views.Count * (mirrored ? 2 : 1))),
            optimize,
            cancel
        );
        var together = Together(views, forward.BatchSize, placement.Pins, cancel);
        foreach (var batches in together.Where(batches => batches[0].Count > 0))
        {
            using var scope = NewDisposeScope();
            var logits = new List<Tensor>();
            foreach (var batch in batches)
            {
                var images = placement.Move(batch.Images);
                logits.Add(forward.Logits(images));
                if (mirrored)
                {
                    logits.Add(forward.Logits(images.flip(3)));
                }
            }

            answers.Add(
                batches[0].Indices,
                TestCrops.Average(logits, data.IsMultiLabel),
                batches[0].Labels.to(placement.Device)
            );
            progress?.Report((answers.Done, data.Count, answers.Top1));
        }

        return answers.Finish();
    }

    /// <summary>The batches of several views side by side.</summary>
    private static IEnumerable<IReadOnlyList<ImageBatch>> Together(
        IReadOnlyList<ImageDataset> views,
        int batchSize,
        bool pinned,
        CancellationToken cancel
    )
    {
        var loaders = new List<DataLoader>();
        var batches = new List<IEnumerator<ImageBatch>>();
        try
        {
            foreach (var view in views)
            {
                loaders.Add(new DataLoader(view, batchSize, cancel: cancel, pinMemory: pinned));
                batches.Add(loaders[^1].GetEnumerator());
            }

            while (batches.All(batch => batch.MoveNext()))
            {
                ImageBatch[] current = [.. batches.Select(batch => batch.Current)];
                yield return current.All(batch => batch.Indices.SequenceEqual(current[0].Indices))
                    ? current
                    : throw new TResNetException(
                        $"An image of {views[0].Name} could be read once and then no more; leave the files alone while they are evaluated."
                    );
            }
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
            loaders.ForEach(loader => loader.Dispose());
        }
    }
}
