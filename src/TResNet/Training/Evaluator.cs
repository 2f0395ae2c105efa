// One pass over a data set in evaluation mode.

using TorchSharp;
using TResNet.Data;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>How far an evaluation has come.</summary>
/// <param name="Done">Images classified; at least 1.</param>
/// <param name="Images">All images.</param>
/// <param name="Top1">The share of those done that was classified rightly, 0 to 1.</param>
public sealed record EvaluationProgress(int Done, int Images, double Top1);

/// <summary>Measures a network on a data set.</summary>
public static class Evaluator
{
    /// <summary>Classifies every image that can be read. The network's training flags are left as they were.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>.</param>
    /// <param name="data">Images of the size and channels that the network takes.</param>
    /// <param name="batchSize">Images at a time; at least 1.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <param name="precision">What convolutions compute in.</param>
    /// <exception cref="TResNetException">The batch size is below 1, or the network does not take these images or has fewer outputs than there are classes, or its device does not compute in the precision.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Evaluation Evaluate(
        nn.Module<Tensor, Tensor> model,
        ImageDataset data,
        int batchSize = 250,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancel = default,
        Precision precision = Precision.Float32
    )
    {
        if (batchSize < 1)
        {
            throw new TResNetException(
                $"The batch size is {batchSize}, but it has to be at least 1; choose a larger one."
            );
        }

        InputCheck.Require(model, data);
        using var mode = new ModeScope(model, training: false);
        using var gradients = no_grad();
        var answers = new Answers(data);
        var placement = Placement.Of(model);
        using var loader = new BatchLoader(
            data,
            Enumerable.Range(0, data.Count).Chunk(batchSize),
            epoch: null,
            cancel: cancel,
            pinned: placement.Pins
        );
        foreach (var batch in loader.Where(batch => batch.Count > 0))
        {
            using var scope = NewDisposeScope();
            var (images, labels) = placement.Move((batch.Images, batch.Labels));
            Tensor logits;
            using (precision.Begin(placement.Device))
            {
                logits = model.call(images).to(ScalarType.Float32);
            }

            answers.Add(batch.Indices, logits, labels);
            progress?.Report(new EvaluationProgress(answers.Done, data.Count, answers.Top1));
        }

        return answers.Finish();
    }
}
