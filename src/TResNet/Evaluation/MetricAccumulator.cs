using System.Text;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Evaluation;

/// <summary>Gathers what a network says of a data set, batch by batch.</summary>
/// <param name="data">The data set.</param>
/// <param name="keepProbabilities">Whether to keep what it says of each class; of images of several classes, it is kept in any case.</param>
internal sealed class MetricAccumulator(ImageDataset data, bool keepProbabilities = false)
{
    private readonly int classes = data.Classes.Count;
    private readonly List<Prediction> predictions = new(data.Count);
    private readonly bool keeps = keepProbabilities || data.IsMultiLabel;
    private readonly List<int> indices = [];
    private readonly List<float> probabilities = [];
    private readonly List<bool> truth = [];
    private readonly List<bool>? known = data.HasUnknown ? [] : null;
    private double loss;
    private long knownPairs;
    private int correct;

    /// <summary>Images looked at.</summary>
    public int Done { get; private set; }

    /// <summary>The share of answers so far that is right, 0 to 1.</summary>
    public double Top1 => correct / (double)Math.Max(1, predictions.Count);

    /// <summary>Notes a batch.</summary>
    /// <param name="batch">Which images.</param>
    /// <param name="logits">[N, classes], float32.</param>
    /// <param name="labels">[N], int64; [N, classes], float32, where an image may have several.</param>
    public void Add(IReadOnlyList<int> batch, Tensor logits, Tensor labels)
    {
        Done += batch.Count;
        if (keeps)
        {
            indices.AddRange(batch);
        }

        if (data.IsMultiLabel)
        {
            AddSeveral(batch, logits, labels);
        }
        else
        {
            AddSingle(batch, logits, labels);
        }
    }

    /// <summary>What all processes have gathered, each of its own part of the images, in the order of their ranks.</summary>
    public MetricAccumulator Gather(ProcessGroup group)
    {
        using var own = new MemoryStream();
        using (var writer = new BinaryWriter(own, Encoding.UTF8, leaveOpen: true))
        {
            Write(writer);
        }

        var all = new MetricAccumulator(data, keeps);
        foreach (var part in group.AllGather(own.ToArray()))
        {
            using var reader = new BinaryReader(new MemoryStream(part));
            all.Add(reader);
        }

        return all;
    }

    private void Write(BinaryWriter to)
    {
        to.Write(Done);
        to.Write(loss);
        to.Write(knownPairs);
        to.Write(predictions.Count);
        foreach (var each in predictions)
        {
            to.Write(each.Index);
            to.Write(each.Label);
            to.Write(each.Predicted);
            to.Write(each.Confidence);
            to.Write(each.Rank);
        }

        WriteAll(indices, to.Write);
        WriteAll(probabilities, to.Write);
        WriteAll(truth, to.Write);
        WriteAll(known ?? [], to.Write);

        void WriteAll<T>(List<T> values, Action<T> write)
        {
            to.Write(values.Count);
            values.ForEach(write);
        }
    }

    private void Add(BinaryReader from)
    {
        Done += from.ReadInt32();
        loss += from.ReadDouble();
        knownPairs += from.ReadInt64();
        for (var count = from.ReadInt32(); count > 0; count--)
        {
            var each = new Prediction(
                from.ReadInt32(),
                from.ReadInt32(),
                from.ReadInt32(),
                from.ReadDouble(),
                from.ReadInt32()
            );
            predictions.Add(each);
            correct += each.Label == each.Predicted ? 1 : 0;
        }

        ReadAll(indices, from.ReadInt32);
        ReadAll(probabilities, from.ReadSingle);
        ReadAll(truth, from.ReadBoolean);
        ReadAll(known ?? [], from.ReadBoolean);

        void ReadAll<T>(List<T> values, Func<T> read)
        {
            for (var count = from.ReadInt32(); count > 0; count--)
            {
                values.Add(read());
            }
        }
    }

    /// <summary>What came out.</summary>
    public EvaluationResult Finish()
    {
        var kept = keeps ? new ImageProbabilities(indices, probabilities, truth, known) : null;
        return new EvaluationResult
        {
            Data = data.Name,
            Classes = data.Classes,
            Loss = loss / Math.Max(1, known is null ? Done : knownPairs),
            Predictions = predictions,
            Images = Done,
            MultiLabel = data.IsMultiLabel,
            Probabilities = kept,
            AveragePrecisions = kept is null ? null : [.. data.Classes.Select(kept.PrecisionOf)],
        };
    }

    private void AddSingle(IReadOnlyList<int> batch, Tensor logits, Tensor labels)
    {
        loss += functional.cross_entropy(logits, labels, reduction: Reduction.Sum).item<float>();
        var softmax = functional.softmax(logits, 1);
        var (confidence, predicted) = softmax.max(1);
        var (sure, guess, right, all) = (
            confidence.cpu().data<float>(),
            predicted.cpu().data<long>(),
            labels.cpu().data<long>(),
            logits.cpu().data<float>().ToArray()
        );
        for (var i = 0; i < batch.Count; i++)
        {
            var own = all[i * classes + (int)right[i]];
            var below = 0;
            foreach (var other in all.AsSpan(i * classes, classes))
            {
                below += other < own ? 1 : 0;
            }

            Add(batch[i], (int)right[i], (int)guess[i], sure[i], below, classes);
        }

        if (keeps)
        {
            probabilities.AddRange(softmax.cpu().data<float>());
            foreach (var label in right)
            {
                truth.AddRange(Enumerable.Range(0, classes).Select(each => each == label));
            }
        }
    }

    private void AddSeveral(IReadOnlyList<int> batch, Tensor logits, Tensor labels)
    {
        var knows = known is null ? null : labels.isnan().logical_not();
        var sum = functional.binary_cross_entropy_with_logits(
            logits,
            knows is null ? labels : labels.nan_to_num(0),
            weight: knows?.to(ScalarType.Float32),
            reduction: Reduction.Sum
        );
        loss += sum.item<float>() / (known is null ? classes : 1);
        bool[]? those = knows?.cpu().data<bool>().ToArray();
        known?.AddRange(those!);
        knownPairs += those?.Count(each => each) ?? 0;
        var sure = logits.sigmoid().cpu().data<float>().ToArray();
        var right = labels.cpu().data<float>().Select(share => share > 0.5f).ToArray();
        probabilities.AddRange(sure);
        truth.AddRange(right);
        for (var i = 0; i < batch.Count; i++)
        {
            var (own, has) = (
                sure.AsSpan(i * classes, classes).ToArray(),
                right.AsSpan(i * classes, classes).ToArray()
            );
            // Of what is not known no answer is right or wrong.
            int[] judged =
            [
                .. Enumerable.Range(0, classes).Where(label => those is null || those[i * classes + label]),
            ];
            int[] ranked = [.. judged.OrderByDescending(label => own[label])];
            var best = Array.FindIndex(ranked, label => has[label]);

            // An image without any class has no right answer; it counts in the precisions alone.
            if (best >= 0)
            {
                var below = judged.Count(label => own[label] < own[ranked[best]]);
                Add(batch[i], ranked[best], ranked[0], own[ranked[0]], below, judged.Length);
            }
        }
    }

    // Of classes that are equally likely the right one is taken for the last, so that a network that says nothing is not praised.
    private void Add(int index, int label, int predicted, double confidence, int below, int all)
    {
        var rank = label == predicted ? 1 : Math.Max(2, all - below);
        predictions.Add(new Prediction(index, label, predicted, confidence, rank));
        correct += label == predicted ? 1 : 0;
    }
}
