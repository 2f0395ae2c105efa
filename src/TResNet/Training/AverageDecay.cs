// How much an average of the weights keeps at each step, with the warm-up of timm's ModelEmaV3 (timm/utils/model_ema.py; gamma 1, power 2/3): a
// constant share would leave a short run with an average of the weights that it began with.

using System.Globalization;

namespace TResNet.Training;

/// <summary>The share of itself that an average of the weights keeps at each step.</summary>
/// <param name="Decay">The share in the end, above 0 and below 1.</param>
/// <param name="WarmUp">Whether the share rises to it: <c>1 - step^(-2/3)</c>, and never more than <paramref name="Decay"/>.</param>
internal sealed record AverageDecay(double Decay, bool WarmUp)
{
    private const double Power = 2.0 / 3;
    private const double ShareWorthSaying = 0.1;

    /// <summary>That of a recipe; null without an average.</summary>
    public static AverageDecay? Of(TrainingOptions options) =>
        options.ModelEmaDecay > 0 ? new AverageDecay(options.ModelEmaDecay, options.ModelEmaWarmup) : null;

    /// <summary>The share that a step keeps; the first one keeps nothing, so that fresh weights never count.</summary>
    /// <param name="step">The step, from 1.</param>
    public double At(int step) =>
        step <= 1 ? 0
        : WarmUp ? Math.Min(1 - Math.Pow(step, -Power), Decay)
        : Decay;

    /// <summary>The share of the weights after the first step in the average after the last one.</summary>
    /// <param name="steps">All steps, at least 1.</param>
    public double FirstShare(int steps)
    {
        var share = 1.0;
        for (var step = 2; step <= steps && share > double.Epsilon; step++)
        {
            share *= At(step);
        }

        return share;
    }

    /// <summary>What is to be said of a run that is too short for the decay, in a sentence; null where it is not.</summary>
    /// <param name="steps">All steps of the run.</param>
    public string? Warning(int steps)
    {
        if (steps < 2 || FirstShare(steps) is not (> ShareWorthSaying and var share))
        {
            return null;
        }

        var fits = Fitting(steps).ToString("0.#########", CultureInfo.InvariantCulture);
        var warm = WarmUp ? "" : "warm it up (--model-ema-warmup), or ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"With a decay of {Decay}, {100 * share:0} % of the average of the weights is still its initial weights after the {steps:N0} steps of this run: {warm}take a decay of at most {fits} (--model-ema-decay)."
        );
    }

    /// <summary>The largest decay that leaves a tenth, with one digit behind the nines.</summary>
    private static double Fitting(int steps)
    {
        var added = 1 - Math.Pow(ShareWorthSaying, 1.0 / (steps - 1));
        var digit = Math.Pow(10, Math.Floor(Math.Log10(added)));
        return Math.Max(1 - Math.Ceiling(added / digit) * digit, Math.Pow(ShareWorthSaying, 1.0 / (steps - 1)) / 2);
    }
}
