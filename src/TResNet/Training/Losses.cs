// Cross entropy; for several labels an image, binary cross entropy and the asymmetric loss (E. Ben-Baruch et al., arXiv 2009.14119, equations 4 to 7).
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Training;

/// <summary>What training makes small.</summary>
internal static class Losses
{
    private const double Least = 1e-8;

    /// <summary>The mean loss of a batch.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="targets">
    /// Labels [N], int64; or the share of each class, [N, classes], as mixing images makes them and as several labels an image are given.
    /// </param>
    /// <param name="options">The recipe.</param>
    public static Tensor Of(Tensor logits, Tensor targets, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        var single = logits.to(ScalarType.Float32);
        var loss = options.Loss switch
        {
            LossKind.BinaryCrossEntropy => BinaryCrossEntropy(
                single,
                Smoothed(Shares(targets, single), options.LabelSmoothing)
            ),
            LossKind.Asymmetric => Asymmetric(single, Shares(targets, single), options),
            _ => functional.cross_entropy(single, targets, label_smoothing: options.LabelSmoothing),
        };
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Each class by itself; the mean over classes and images.</summary>
    private static Tensor BinaryCrossEntropy(Tensor logits, Tensor shares) =>
        functional.binary_cross_entropy_with_logits(logits, shares);

    /// <summary>
    /// Easy negatives count less, and very easy ones nothing: (1 - p)^gamma+ log p, and q^gamma- log(1 - q) with q = max(p - margin, 0). The sum
    /// over classes, the mean over images.
    /// </summary>
    private static Tensor Asymmetric(Tensor logits, Tensor shares, TrainingOptions options)
    {
        var right = logits.sigmoid();
        var wrong = (1 - right + options.AsymmetricMargin).clamp(max: 1);
        var logarithms = shares * right.clamp(min: Least).log() + (1 - shares) * wrong.clamp(min: Least).log();
        return -(logarithms * Focus(right, wrong, shares, options)).sum() / logits.shape[0];
    }

    // How much each class counts: a weight, not something to learn from.
    private static Tensor Focus(Tensor right, Tensor wrong, Tensor shares, TrainingOptions options)
    {
        using var _ = no_grad();
        var probability = shares * right + (1 - shares) * wrong;
        var power = shares * options.AsymmetricPositive + (1 - shares) * options.AsymmetricNegative;
        return (1 - probability).pow(power);
    }

    private static Tensor Shares(Tensor targets, Tensor logits) =>
        targets.dim() == 2
            ? targets.to(ScalarType.Float32)
            : functional.one_hot(targets, logits.shape[1]).to(ScalarType.Float32);

    private static Tensor Smoothed(Tensor shares, double smoothing) =>
        smoothing == 0 ? shares : shares * (1 - smoothing) + smoothing / 2;
}

/// <summary>Losses.</summary>
public enum LossKind
{
    /// <summary>Cross entropy: one class an image, or shares that sum to one.</summary>
    CrossEntropy,

    /// <summary>Binary cross entropy: each class by itself.</summary>
    BinaryCrossEntropy,

    /// <summary>The asymmetric loss for several labels an image (arXiv 2009.14119), with which TResNet's authors train on MS-COCO.</summary>
    Asymmetric,
}
