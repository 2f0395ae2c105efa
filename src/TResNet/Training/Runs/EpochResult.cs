// What a run leaves behind: enough to draw its curves and to repeat it.

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
    /// <summary>The share of its training time that was spent waiting for images, 0 to 1; null for runs of earlier versions, which did not count it.</summary>
    public double? DataWait { get; init; }

    /// <summary>
    /// Which weights loss and accuracy are of: the better of the network and its average. Null without an average, and for runs of earlier versions,
    /// which evaluated the average alone.
    /// </summary>
    public EvaluatedWeights? Weights { get; init; }

    /// <summary>The top-1 of the other of the two, 0 to 1; null where <see cref="Weights"/> is.</summary>
    public double? OtherTop1 { get; init; }
}

/// <summary>The weights that an evaluation is of, in a run that averages them.</summary>
public enum EvaluatedWeights
{
    /// <summary>Those of the last step.</summary>
    Network,

    /// <summary>Their average.</summary>
    Average,
}
