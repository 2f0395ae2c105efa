// The suggestions are fastai's: "valley" is the one that it takes by default, "steep" and "minimum / 10" are L. Smith's readings of the curve.

using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>How a learning rate range test ended.</summary>
internal enum RangeTestEnd
{
    /// <summary>At the highest learning rate.</summary>
    Complete,

    /// <summary>Where the loss had left its least value far behind.</summary>
    Diverged,

    /// <summary>Before either.</summary>
    Interrupted,
}

/// <summary>The loss over the learning rate, which rose from step to step.</summary>
/// <param name="Steps">The steps, with the loss of each.</param>
/// <param name="Smoothed">The loss after each step, averaged over those before.</param>
/// <param name="End">How it ended.</param>
internal sealed record LearningRateCurve(
    IReadOnlyList<StepResult> Steps,
    IReadOnlyList<double> Smoothed,
    RangeTestEnd End
)
{
    // As fastai: the first tenth has hardly begun, and the last steps are those of the end.
    private const int CutAtEnd = 5;
    private const int Fewest = 10;

    /// <summary>The options of the test.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the training images.</summary>
    public required string Data { get; init; }

    /// <summary>How many steps the test was to take.</summary>
    public required int Planned { get; init; }

    /// <summary>The place in the longest valley, a series of steps each of which is lower than the one before: the middle of it; null where there are too few steps.</summary>
    public int? Valley => Of(Middle);

    /// <summary>Where the loss falls most for a factor of the learning rate; null where there are too few steps, or it never falls.</summary>
    public int? Steepest => Of(Steep);

    /// <summary>Where the loss is least; null where there are too few steps.</summary>
    public int? Minimum => Of(losses => losses.Index().MinBy(each => each.Item).Index);

    private int? Of(Func<double[], int?> find)
    {
        var first = Planned / 10;
        double[] losses = [.. Smoothed.Skip(first).SkipLast(CutAtEnd)];
        return losses.Length >= Fewest ? first + find(losses) : null;
    }

    // The longest falling subsequence ends at `end`; as in fastai its length is counted back from there, and the middle third's middle is taken.
    private static int? Middle(double[] losses)
    {
        var length = new int[losses.Length];
        for (var i = 0; i < losses.Length; i++)
        {
            length[i] = 1 + Enumerable.Range(0, i).Where(j => losses[i] < losses[j]).Max(j => (int?)length[j]) ?? 1;
        }

        var end = Array.IndexOf(length, length.Max());
        var third = length[end] / 3.0;
        return length[end] > 1 ? Math.Max(0, end - length[end]) + (int)third + (int)(third / 2) : null;
    }

    private static int? Steep(double[] losses)
    {
        // Rates rise by one factor, so that differences are slopes over their logarithm.
        var slope = Enumerable
            .Range(1, losses.Length - 2)
            .Select(i => (Index: i, Slope: losses[i + 1] - losses[i - 1]))
            .MinBy(each => each.Slope);
        return slope.Slope < 0 ? slope.Index : null;
    }
}
