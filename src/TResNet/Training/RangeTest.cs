// The learning rate range test: L. Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv 1506.01186, section 3.3, in the form of fastai's
// lr_find: the rate rises exponentially, the loss is averaged, and the test ends where it is four times its least value.

using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>The learning rates of a range test.</summary>
/// <param name="Start">The first, above 0.</param>
/// <param name="End">The last, above the first, at most 100.</param>
/// <param name="Steps">How many, 20 to 10,000.</param>
internal sealed record LearningRateRange(double Start = 1e-7, double End = 10, int Steps = 100)
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">From 0.</param>
    public double At(int step) => Start * Math.Pow(End / Start, step / (Steps - 1.0));

    /// <summary>Checks the range.</summary>
    /// <exception cref="TResNetException">It is none.</exception>
    public void Validate()
    {
        if (!(Start > 0 && End > Start && End <= 100))
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"The learning rate was to rise from {Start} to {End}: take a first one above 0, and a last one above that and at most 100."
                )
            );
        }

        if (Steps is < 20 or > 10_000)
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"The learning rate was to rise in {Steps} steps: take from 20 to 10,000; 100 are usual."
                )
            );
        }
    }
}

/// <summary>Steps with a rising learning rate.</summary>
/// <param name="step">Does a step.</param>
/// <param name="range">The learning rates.</param>
internal sealed class RangeTest(TrainingStep step, LearningRateRange range)
{
    private const double Kept = 0.98;
    private const double Divergence = 4;

    private readonly List<StepResult> steps = [];
    private readonly List<double> smoothed = [];
    private double average;

    /// <summary>Does the steps.</summary>
    /// <param name="load">The batches of an epoch, as often as there are steps to do.</param>
    /// <param name="batches">Batches of a step.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancel">Ends the test between two steps.</param>
    /// <returns>Steps, their averaged losses, and how it ended.</returns>
    /// <exception cref="TResNetException">The very first loss is no number, or no image can be read.</exception>
    public (IReadOnlyList<StepResult> Steps, IReadOnlyList<double> Smoothed, RangeTestEnd End) Run(
        Func<int, (TrainingBatches Batches, int Steps)> load,
        int batches,
        IProgress<StepResult>? progress,
        CancellationToken cancel
    )
    {
        var done = 0;
        try
        {
            for (var epoch = 1; done < range.Steps; epoch++)
            {
                var before = steps.Count;
                var (loaded, count) = load(epoch);
                using var _ = loaded;
                for (var i = 0; i < count && done < range.Steps; i++)
                {
                    cancel.ThrowIfCancellationRequested();
                    var rate = range.At(done++);
                    step.MayDiverge = steps.Count > 0;
                    var loss = step.Run(done, rate, loaded.Take(batches));
                    if (!Add(new StepResult(done, epoch, loss, rate)))
                    {
                        return (steps, smoothed, RangeTestEnd.Diverged);
                    }

                    progress?.Report(new StepResult(done, epoch, smoothed.LastOrDefault(double.NaN), rate));
                }

                if (steps.Count == before)
                {
                    throw new TResNetException(
                        "No batch had two images that could be read: replace or remove the damaged files."
                    );
                }
            }

            return (steps, smoothed, RangeTestEnd.Complete);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return (steps, smoothed, RangeTestEnd.Interrupted);
        }
    }

    /// <summary>Takes a step in, unless its loss shows that the test is over.</summary>
    private bool Add(StepResult result)
    {
        if (double.IsNaN(result.Loss))
        {
            return true;
        }

        if (!double.IsFinite(result.Loss))
        {
            return false;
        }

        average = Kept * average + (1 - Kept) * result.Loss;
        steps.Add(result);
        smoothed.Add(average / (1 - Math.Pow(Kept, steps.Count)));
        return smoothed[^1] <= Divergence * smoothed.Min();
    }
}
