// Cross entropy; binary cross entropy as timm's BinaryCrossEntropy has it (R. Wightman et al., arXiv 2110.00476); the asymmetric loss (E. Ben-Baruch
// et al., arXiv 2009.14119, equations 4 to 7), for images of one class in the form that its authors published beside it.
using TorchSharp;
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
    /// <param name="isMultiLabel">Whether an image may have several classes: the asymmetric loss then looks at each by itself.</param>
    /// <param name="hasUnknown">Whether shares may be NaN, of what nobody knows: it counts nothing, in the sum and in the mean.</param>
    public static Tensor Of(
        Tensor logits,
        Tensor targets,
        TrainingOptions options,
        bool isMultiLabel,
        bool hasUnknown = false
    )
    {
        using var scope = NewDisposeScope();
        var single = logits.to(ScalarType.Float32);
        var known = hasUnknown ? targets.isnan().logical_not().to(ScalarType.Float32) : null;
        targets = hasUnknown ? targets.nan_to_num(0) : targets;
        var loss = options.Loss switch
        {
            LossKind.BinaryCrossEntropy => BinaryCrossEntropy(single, Shares(targets, single), options, known),
            LossKind.Asymmetric when isMultiLabel => Asymmetric(single, Shares(targets, single), options, known),
            LossKind.Asymmetric => AsymmetricOfOne(single, Shares(targets, single), options),
            _ => functional.cross_entropy(
                single,
                targets,
                Weights(options, single),
                label_smoothing: options.LabelSmoothing
            ),
        };
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>What the mean loss of a batch is a mean over: its images, or what counts in their place.</summary>
    /// <param name="targets">As of <see cref="Of"/>.</param>
    /// <param name="options">The recipe.</param>
    public static double WeightOf(Tensor targets, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        return options switch
        {
            { Loss: LossKind.CrossEntropy, ClassWeights: not null } when targets.dim() == 1 => Weights(
                    options,
                    targets
                )!
                .index_select(0, targets)
                .sum()
                .item<float>(),
            { Loss: LossKind.BinaryCrossEntropy }
                when targets.is_floating_point() && targets.isnan().any().ToBoolean() => targets
                .isnan()
                .logical_not()
                .sum()
                .item<long>() / (double)targets.shape[1],
            _ => targets.shape[0],
        };
    }

    /// <summary>Each class by itself; the mean over classes and images, of those that are known.</summary>
    private static Tensor BinaryCrossEntropy(Tensor logits, Tensor shares, TrainingOptions options, Tensor? known)
    {
        var targets = Smoothed(shares, options.LabelSmoothing);
        if (options.BceTargetThreshold is { } threshold)
        {
            using Scalar least = threshold;
            targets = targets.gt(least).to(ScalarType.Float32);
        }

        var weight =
            Weights(options, logits)
            ?? (options.BcePosWeight == 1 ? null : tensor((float)options.BcePosWeight, device: logits.device));
        if (known is null)
        {
            return functional.binary_cross_entropy_with_logits(logits, targets, pos_weights: weight);
        }

        using Scalar one = 1.0;
        var sum = functional.binary_cross_entropy_with_logits(
            logits,
            targets,
            weight: known,
            reduction: Reduction.Sum,
            pos_weights: weight
        );
        return sum / known.sum().clamp(min: one);
    }

    private static Tensor? Weights(TrainingOptions options, Tensor logits) =>
        options.ClassWeights is { } weights
            ? tensor(weights.Select(weight => (float)weight).ToArray(), device: logits.device)
            : null;

    /// <summary>
    /// Easy negatives count less, and very easy ones nothing: (1 - p)^gamma+ log p, and q^gamma- log(1 - q) with q = max(p - margin, 0). The sum
    /// over classes, the mean over images.
    /// </summary>
    private static Tensor Asymmetric(Tensor logits, Tensor shares, TrainingOptions options, Tensor? known)
    {
        using Scalar one = 1.0;
        using Scalar least = Least;
        using Scalar shifted = 1 + options.AsymmetricMargin;
        var right = logits.sigmoid();
        var wrong = (shifted - right).clamp(max: one);
        var others = one - shares;
        var logarithms = shares * right.clamp(min: least).log() + others * wrong.clamp(min: least).log();

        // How much each class counts: a weight, not something to learn from.
        var focus = Focus((shares * right + others * wrong).detach(), shares, options);
        var losses = logarithms * focus;
        return -(known is null ? losses : losses * known).sum() / logits.shape[0];
    }

    /// <summary>
    /// The same over probabilities that sum to one, without a margin: (1 - p)^gamma+ log p of the right class, and of what label smoothing gives the
    /// others, p^gamma- log p. The mean over images.
    /// </summary>
    private static Tensor AsymmetricOfOne(Tensor logits, Tensor shares, TrainingOptions options)
    {
        using Scalar one = 1.0;
        var logarithms = logits.log_softmax(1);
        var right = logarithms.exp();
        var focus = Focus(shares * right + (one - shares) * (one - right), shares, options);
        return -(Smoothed(shares, options.LabelSmoothing) * logarithms * focus).sum() / logits.shape[0];
    }

    // A base of zero has no slope for a power below one.
    private static Tensor Focus(Tensor probability, Tensor shares, TrainingOptions options)
    {
        using Scalar one = 1.0;
        using Scalar least = Least;
        using Scalar negative = options.AsymmetricNegative;
        using Scalar difference = options.AsymmetricPositive - options.AsymmetricNegative;
        return (one - probability).clamp(min: least).pow(shares * difference + negative);
    }

    private static Tensor Shares(Tensor targets, Tensor logits) =>
        targets.dim() == 2
            ? targets.to(ScalarType.Float32)
            : functional.one_hot(targets, logits.shape[1]).to(ScalarType.Float32);

    // As timm does it for cross entropy and binary cross entropy alike: all classes get the same.
    private static Tensor Smoothed(Tensor shares, double smoothing)
    {
        using Scalar kept = 1 - smoothing;
        using Scalar given = smoothing / shares.shape[1];
        return smoothing == 0 ? shares : shares * kept + given;
    }
}

/// <summary>Losses.</summary>
public enum LossKind
{
    /// <summary>Cross entropy: one class an image, or shares that sum to one.</summary>
    CrossEntropy,

    /// <summary>Binary cross entropy: each class by itself.</summary>
    BinaryCrossEntropy,

    /// <summary>
    /// The asymmetric loss (arXiv 2009.14119), with which TResNet's authors train on MS-COCO: of each class by itself where an image may have several,
    /// and of probabilities that sum to one where it has one.
    /// </summary>
    Asymmetric,
}
