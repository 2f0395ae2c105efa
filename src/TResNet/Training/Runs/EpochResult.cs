// What a run leaves behind: enough to draw its curves and to repeat it.

using System.Text.Json.Serialization;
using TResNet.Evaluation;

namespace TResNet.Training.Runs;

/// <summary>One optimiser step.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Epoch">The epoch it belongs to, from 1.</param>
/// <param name="Loss">The mean loss of its batch, with label smoothing.</param>
/// <param name="LearningRate">Its learning rate.</param>
public sealed record StepResult(int Step, int Epoch, double Loss, double LearningRate);

/// <summary>One pass over the training images and the evaluation after it.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The steps done when it ended.</param>
/// <param name="TrainLoss">The mean loss over its steps, with label smoothing.</param>
/// <param name="ValidationLoss">The mean loss on the validation images, without label smoothing.</param>
/// <param name="Top1">The share of validation images that were classified rightly, 0 to 1.</param>
/// <param name="ImagesPerSecond">Training images a second, without evaluation.</param>
/// <param name="Duration">The time it took, evaluation included.</param>
public sealed record EpochResult(
    int Epoch,
    int Step,
    double TrainLoss,
    double ValidationLoss,
    double Top1,
    double ImagesPerSecond,
    TimeSpan Duration
)
{
    /// <summary>What decides which epoch is best.</summary>
    public EvalMetric EvalMetric { get; init; }

    /// <summary>The value of <see cref="EvalMetric"/>; null in runs of earlier versions, which went by <see cref="Top1"/>, and where it is not defined.</summary>
    public double? Score { get; init; }

    /// <summary>The value of <see cref="EvalMetric"/>: a share, 0 to 1, or a loss; NaN where it is not defined.</summary>
    [JsonIgnore]
    public double Value => Score ?? (EvalMetric == EvalMetric.Top1 ? Top1 : double.NaN);

    /// <summary>The share of its training time that was spent waiting for images, 0 to 1; null for runs of earlier versions, which did not count it.</summary>
    public double? DataWait { get; init; }

    /// <summary>
    /// Which weights loss and accuracy are of: the better of the network and its average. Null without an average, and for runs of earlier versions,
    /// which evaluated the average alone.
    /// </summary>
    [JsonInclude]
    internal EvaluatedWeights? Weights { get; init; }

    /// <summary>The value of <see cref="EvalMetric"/> of the other of the two; null where <see cref="Weights"/> is, and where it is not defined.</summary>
    public double? OtherScore { get; init; }

    /// <summary>The best of several: by <see cref="Value"/>, of equals by the lower loss on validation images, and of these the first.</summary>
    /// <param name="epochs">Epochs of one run.</param>
    /// <returns>Null where there are none.</returns>
    public static EpochResult? BestOf(IEnumerable<EpochResult> epochs) =>
        epochs.Aggregate((EpochResult?)null, (best, epoch) => best is null || epoch.IsBetterThan(best) ? epoch : best);

    private bool IsBetterThan(EpochResult other) =>
        EvalMetric.IsBetter((Value, ValidationLoss), (other.Value, other.ValidationLoss));
}

/// <summary>The weights that an evaluation is of, in a run that averages them.</summary>
internal enum EvaluatedWeights
{
    /// <summary>Those of the last step.</summary>
    Network,

    /// <summary>Their average.</summary>
    Average,
}
