// Distillation: G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", arXiv 1503.02531, section 2; with the teacher's first class as
// the label, H. Touvron et al., arXiv 2012.12877, equation 3. Weights and their defaults are those of timm's LogitDistillationTask.
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Training;

/// <summary>How far a network is from saying what its teacher says.</summary>
internal static class DistillationLoss
{
    /// <summary>The part that the labels' loss has in the whole.</summary>
    public static double TaskWeight(TrainingOptions options) => options.TaskLossWeight ?? 1;

    /// <summary>The part that the teacher's loss has: where only the labels' was said, what that leaves of 1.</summary>
    public static double DistillWeight(TrainingOptions options) =>
        options.DistillLossWeight ?? (options.TaskLossWeight is { } task ? 1 - task : 1);

    /// <summary>The loss of a batch: that of its labels and that of what the teacher says, each with its weight.</summary>
    /// <param name="task">The loss of the labels, which is asked for where it counts.</param>
    /// <param name="logits">The network's, [N, classes].</param>
    /// <param name="taught">The teacher's.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="isMultiLabel">Whether an image may have several classes.</param>
    /// <param name="share">What the teacher's part is multiplied by where the batch is one process's of several; from 0 to 1.</param>
    public static Tensor With(
        Func<Tensor> task,
        Tensor logits,
        Tensor taught,
        TrainingOptions options,
        bool isMultiLabel,
        double share = 1
    )
    {
        using var scope = NewDisposeScope();
        using Scalar ofTask = TaskWeight(options);
        using Scalar ofTeacher = DistillWeight(options) * share;
        var distilled = Of(logits, taught, options, isMultiLabel) * ofTeacher;
        var loss = TaskWeight(options) == 0 ? distilled : task() * ofTask + distilled;
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>The loss of what the teacher says, without its weight.</summary>
    /// <remarks>
    /// Of one class an image <c>T^2 KL(softmax(teacher / T), softmax(network / T))</c>, the mean over images; of several, the same of each class by itself,
    /// over sigmoids: their mean with binary cross entropy and their sum with the asymmetric loss, as these have it.
    /// </remarks>
    public static Tensor Of(Tensor logits, Tensor taught, TrainingOptions options, bool isMultiLabel)
    {
        using var scope = NewDisposeScope();
        var (own, its) = (logits.to(ScalarType.Float32), taught.detach().to(ScalarType.Float32));
        var loss = (isMultiLabel, options.HardDistillation) switch
        {
            (false, true) => functional.cross_entropy(own, its.argmax(1)),
            (false, false) => OfOne(own, its, options.KdTemperature),
            (true, var isHard) => OfSeveral(own, its, isHard, options),
        };
        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor OfOne(Tensor logits, Tensor taught, double temperature)
    {
        using Scalar divisor = temperature;
        using Scalar square = temperature * temperature;
        var (own, its) = ((logits / divisor).log_softmax(1), (taught / divisor).log_softmax(1));
        return (its.exp() * (its - own)).sum() / logits.shape[0] * square;
    }

    private static Tensor OfSeveral(Tensor logits, Tensor taught, bool isHard, TrainingOptions options)
    {
        Tensor each;
        if (isHard)
        {
            using Scalar none = 0.0;
            each = functional.binary_cross_entropy_with_logits(
                logits,
                taught.gt(none).to(ScalarType.Float32),
                reduction: Reduction.None
            );
        }
        else
        {
            using Scalar divisor = options.KdTemperature;
            using Scalar square = options.KdTemperature * options.KdTemperature;
            var (own, its) = (logits / divisor, taught / divisor);
            var there = its.sigmoid() * (functional.logsigmoid(its) - functional.logsigmoid(own));
            var absent = its.neg().sigmoid() * (functional.logsigmoid(its.neg()) - functional.logsigmoid(own.neg()));
            each = (there + absent) * square;
        }

        return options.Loss == LossKind.Asymmetric ? each.sum() / logits.shape[0] : each.mean();
    }
}
