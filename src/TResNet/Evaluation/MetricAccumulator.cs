using TResNet.Data.Loading;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Evaluation;

/// <summary>Gathers what a network says of a data set, batch by batch.</summary>
internal sealed class MetricAccumulator(ImageDataset data)
{
    private readonly int classes = data.Classes.Count;
    private readonly List<Prediction> predictions = new(data.Count);
    private readonly List<float> scores = [];
    private readonly List<bool> shares = [];
    private double loss;
    private int correct;

    /// <summary>Images looked at.</summary>
    public int Done { get; private set; }

    /// <summary>The share of answers so far that is right, 0 to 1.</summary>
    public double Top1 => correct / (double)Math.Max(1, predictions.Count);

    /// <summary>Notes a batch.</summary>
    /// <param name="indices">Which images.</param>
    /// <param name="logits">[N, classes], float32.</param>
    /// <param name="labels">[N], int64; [N, classes], float32, where an image may have several.</param>
    public void Add(IReadOnlyList<int> indices, Tensor logits, Tensor labels)
    {
        Done += indices.Count;
        if (data.IsMultiLabel)
        {
            AddSeveral(indices, logits, labels);
        }
        else
        {
            AddSingle(indices, logits, labels);
        }
    }

    /// <summary>What came out.</summary>
    public EvaluationResult Finish() =>
        new()
        {
            Data = data.Name,
            Classes = data.Classes,
            Loss = loss / Math.Max(1, Done),
            Predictions = predictions,
            AveragePrecisions = data.IsMultiLabel ? [.. data.Classes.Select(PrecisionOf)] : null,
        };

    private void AddSingle(IReadOnlyList<int> indices, Tensor logits, Tensor labels)
    {
        loss += functional.cross_entropy(logits, labels, reduction: Reduction.Sum).item<float>();
        var (confidence, predicted) = functional.softmax(logits, 1).max(1);
        var (sure, guess, right, all) = (
            confidence.cpu().data<float>(),
            predicted.cpu().data<long>(),
            labels.cpu().data<long>(),
            logits.cpu().data<float>().ToArray()
        );
        for (var i = 0; i < indices.Count; i++)
        {
            var own = all[i * classes + (int)right[i]];
            var below = 0;
            foreach (var other in all.AsSpan(i * classes, classes))
            {
                below += other < own ? 1 : 0;
            }

            Add(indices[i], (int)right[i], (int)guess[i], sure[i], below);
        }
    }

    private void AddSeveral(IReadOnlyList<int> indices, Tensor logits, Tensor labels)
    {
        var sum = functional.binary_cross_entropy_with_logits(logits, labels, reduction: Reduction.Sum);
        loss += sum.item<float>() / classes;
        var sure = logits.sigmoid().cpu().data<float>().ToArray();
        var right = labels.cpu().data<float>().Select(share => share > 0.5f).ToArray();
        scores.AddRange(sure);
        shares.AddRange(right);
        for (var i = 0; i < indices.Count; i++)
        {
            var (own, has) = (
                sure.AsSpan(i * classes, classes).ToArray(),
                right.AsSpan(i * classes, classes).ToArray()
            );
            int[] ranked = [.. Enumerable.Range(0, classes).OrderByDescending(label => own[label])];
            var best = Array.FindIndex(ranked, label => has[label]);

            // An image without any class has no right answer; it counts in the precisions alone.
            if (best >= 0)
            {
                Add(indices[i], ranked[best], ranked[0], own[ranked[0]], own.Count(each => each < own[ranked[best]]));
            }
        }
    }

    // Of classes that are equally likely the right one is taken for the last, so that a network that says nothing is not praised.
    private void Add(int index, int label, int predicted, double confidence, int below)
    {
        var rank = label == predicted ? 1 : Math.Max(2, classes - below);
        predictions.Add(new Prediction(index, label, predicted, confidence, rank));
        correct += label == predicted ? 1 : 0;
    }

    private ClassPrecision PrecisionOf(string name, int label)
    {
        int[] places = [.. Enumerable.Range(0, Done).Select(image => image * classes + label)];
        return ClassPrecision.Of(
            name,
            Array.ConvertAll(places, place => scores[place]),
            Array.ConvertAll(places, place => shares[place])
        );
    }
}
