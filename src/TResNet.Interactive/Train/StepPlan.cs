namespace TResNet.Interactive.Train;

/// <summary>How images divide into batches and steps, and whether that makes a training.</summary>
/// <param name="Images">Images to train on.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="GradAccumSteps">Batches in a step.</param>
internal readonly record struct StepPlan(int Images, int BatchSize, int GradAccumSteps)
{
    // Below, a schedule has no time to rise and fall, and running statistics (momentum 0.1) are still those of the fresh network.
    private const int FewestSteps = 100;

    // Of weights that know something.
    private const int FewestStepsOfWeights = 20;

    // What more images wait for another epoch than this is worth another batch size.
    private const double MostLeft = 0.1;

    /// <summary>Images that an epoch leaves to another one.</summary>
    public int Left => Images - StepsPerEpoch * ImagesPerStep;

    /// <summary>Steps in an epoch.</summary>
    public int StepsPerEpoch => Images / ImagesPerStep;

    private int ImagesPerStep => BatchSize * GradAccumSteps;

    /// <summary>The same with smaller batches, where there are fewer images than a step takes, or many would be left; itself otherwise.</summary>
    public StepPlan Fitted()
    {
        if (Left <= MostLeft * Images)
        {
            return this;
        }

        var steps = (Images + ImagesPerStep - 1) / ImagesPerStep;
        var fitted = Images / (steps * GradAccumSteps);
        return fitted < 2 ? this : this with { BatchSize = fitted };
    }

    /// <summary>What is said of the images that an epoch leaves out; null where it leaves none, or cannot begin.</summary>
    public string? LeftText() =>
        Left == 0 || StepsPerEpoch == 0
            ? null
            : FormattableString.Invariant(
                $"Batches of {BatchSize:N0} leave {Left:N0} of the {Images:N0} images to other epochs, others each time."
            );

    /// <summary>What is said where the steps are too few for a schedule; null where they are enough.</summary>
    /// <param name="epochs">All epochs.</param>
    /// <param name="isFresh">Whether the weights know nothing yet.</param>
    /// <param name="suggest">The command that knows better.</param>
    public string? TooFewText(int epochs, bool isFresh, string suggest)
    {
        var (fewest, steps) = (isFresh ? FewestSteps : FewestStepsOfWeights, epochs * StepsPerEpoch);
        return steps == 0 || steps >= fewest
            ? null
            : FormattableString.Invariant(
                $"In {epochs:N0} {(epochs == 1 ? "epoch" : "epochs")} of {StepsPerEpoch:N0} {(StepsPerEpoch == 1 ? "step" : "steps")} a schedule has no time to rise and fall: take --epochs {(fewest + StepsPerEpoch - 1) / StepsPerEpoch} or smaller batches; {suggest} says what fits these images."
            );
    }
}
