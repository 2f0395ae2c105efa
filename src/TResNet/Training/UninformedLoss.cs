using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// The training loss of an answer that tells no image from another, beside which one that grows is seen: of all classes alike and, where each is looked at by
/// itself, of their frequencies, whichever costs more. In the units of the recipe's loss, with its weights, smoothing and teacher.
/// </summary>
internal static class UninformedLoss
{
    private const int Labels = 256;

    // A teacher is asked, so these are read.
    private const int Images = 16;

    /// <summary>The loss over some of the images, as they are without mixing.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="train">The images to train on.</param>
    /// <param name="teacher">Who teaches; null for nobody.</param>
    /// <returns>Null where it is no number, as beside a teacher whose answer is none.</returns>
    public static double? Of(TrainingOptions options, ImageDataset train, Teacher? teacher)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var targets = TargetsOf(train, Some(train, Labels));
        // Classes' weights count otherwise for shares than for labels (torch.nn.CrossEntropyLoss).
        var scored =
            !train.IsMultiLabel && train.Rows.Mixes
                ? nn.functional.one_hot(targets, train.Classes.Count).to(ScalarType.Float32)
                : targets;
        var loss = Answers(targets, train, options)
            .Max(answer =>
                (double)Losses.Of(answer, scored, options, train.IsMultiLabel, train.HasUnknown).item<float>()
            );
        if (teacher is not null)
        {
            var (images, _) = train.GetBatch(Some(train, Images));
            if (images.shape[0] > 0)
            {
                var taught = teacher.Logits(images.to(teacher.Device));
                var its = DistillationLoss.Of(zeros_like(taught), taught, options, train.IsMultiLabel).item<float>();
                loss = DistillationLoss.TaskWeight(options) * loss + DistillationLoss.DistillWeight(options) * its;
            }
        }

        return double.IsFinite(loss) ? loss : null;
    }

    private static IEnumerable<Tensor> Answers(Tensor targets, ImageDataset train, TrainingOptions options)
    {
        var classes = train.Classes.Count;
        yield return zeros(targets.shape[0], classes);
        if (train.IsMultiLabel || options.Loss == LossKind.BinaryCrossEntropy)
        {
            var shares = train.IsMultiLabel
                ? targets.nan_to_num(0)
                : nn.functional.one_hot(targets, classes).to(ScalarType.Float32);
            var least = 0.5 / targets.shape[0];
            yield return shares.mean([0], keepdim: true).clamp(least, 1 - least).logit().expand(shares.shape);
        }
    }

    private static Tensor TargetsOf(ImageDataset train, int[] images)
    {
        if (!train.IsMultiLabel)
        {
            return tensor(Array.ConvertAll(images, index => (long)train.LabelsOf(index)[0]));
        }

        var classes = train.Classes.Count;
        var shares = new float[images.Length * classes];
        foreach (var (row, index) in images.Index())
        {
            foreach (var label in train.LabelsOf(index))
            {
                shares[row * classes + label] = 1;
            }

            foreach (var label in train.UnknownOf(index))
            {
                shares[row * classes + label] = float.NaN;
            }
        }

        return tensor(shares, [images.Length, classes]);
    }

    private static int[] Some(ImageDataset train, int most)
    {
        var count = Math.Min(train.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * train.Count / count))];
    }
}
