// The learning rate as a function of the step, so that a resumed run needs no memory of it. One-cycle: L. Smith, N. Topin, arXiv 1708.07120, in
// PyTorch's form (OneCycleLR, cosine); cosine: I. Loshchilov, F. Hutter, arXiv 1608.03983, without restarts.

namespace TResNet.Training;

/// <summary>What the learning rate is at each step of a run.</summary>
/// <param name="options">The recipe.</param>
/// <param name="stepsPerEpoch">Optimiser steps in an epoch.</param>
internal sealed class LearningRateSchedule(TrainingOptions options, int stepsPerEpoch)
{
    // PyTorch's defaults: a cycle starts at a 25th of its maximum and ends at a 10,000th of that.
    private const double Start = 1 / 25.0;
    private const double End = Start / 1e4;
    private readonly int total = options.Epochs * stepsPerEpoch;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    public double At(int step) =>
        options.LearningRate
        * options.Scheduler switch
        {
            SchedulerKind.Cosine => Cosine(step - 1),
            SchedulerKind.Step => Math.Pow(options.DecayRate, (step - 1) / stepsPerEpoch / options.DecayEpochs),
            _ => OneCycle(step - 1),
        };

    private static double Between(double from, double to, double share) =>
        to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));

    private double OneCycle(int step)
    {
        // The rising part needs two steps and the falling one a third: a shorter cycle would divide by zero.
        var steps = Math.Max(total, 3);
        var top = Math.Max(options.WarmUp, 2.0 / steps) * steps - 1;
        return step <= top ? Between(Start, 1, step / top) : Between(1, End, (step - top) / (steps - 1 - top));
    }

    private double Cosine(int step)
    {
        var rising = (int)Math.Round(options.WarmUp * total);
        return step < rising
            ? (step + 1.0) / (rising + 1)
            : Between(1, 0, (step - rising) / (double)Math.Max(total - rising, 1));
    }
}

/// <summary>Schedules of the learning rate.</summary>
public enum SchedulerKind
{
    /// <summary>Up from a 25th of the maximum and down to nearly nothing, both as half a cosine (arXiv 1708.07120).</summary>
    OneCycle,

    /// <summary>Straight up, then down to nothing as half a cosine (arXiv 1608.03983).</summary>
    Cosine,

    /// <summary>Multiplied by a factor every few epochs.</summary>
    Step,
}
