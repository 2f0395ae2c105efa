// One pass over a data set in evaluation mode.

using TorchSharp;
using TResNet.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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
    /// <exception cref="TResNetException">The batch size is below 1, or the network does not take these images or has fewer outputs than there are classes.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Evaluation Evaluate(
        nn.Module<Tensor, Tensor> model,
        ImageDataset data,
        int batchSize = 250,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancel = default
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
        var predictions = new List<Prediction>(data.Count);
        var (loss, correct) = (0.0, 0);
        using var loader = new BatchLoader(
            data,
            Enumerable.Range(0, data.Count).Chunk(batchSize),
            epoch: null,
            cancel: cancel
        );
        foreach (var batch in loader.Where(batch => batch.Count > 0))
        {
            using var scope = NewDisposeScope();
            var (images, labels) = Placement.Of(model).Move((batch.Images, batch.Labels));
            var logits = model.call(images).to(ScalarType.Float32);
            loss += functional.cross_entropy(logits, labels, reduction: Reduction.Sum).item<float>();

            var (confidence, predicted) = functional.softmax(logits, 1).max(1);
            var (sure, guess, right) = (
                confidence.cpu().data<float>(),
                predicted.cpu().data<long>(),
                labels.cpu().data<long>()
            );
            for (var i = 0; i < batch.Count; i++)
            {
                predictions.Add(new Prediction(batch.Indices[i], (int)right[i], (int)guess[i], sure[i]));
                correct += predictions[^1].Correct ? 1 : 0;
            }

            progress?.Report(
                new EvaluationProgress(predictions.Count, data.Count, correct / (double)predictions.Count)
            );
        }

        return new Evaluation
        {
            Data = data.Name,
            Classes = data.Classes,
            Loss = loss / Math.Max(1, predictions.Count),
            Predictions = predictions,
        };
    }
}
