// The learning rate as a function of the step and of the epochs before it, so that a resumed run needs no memory of it. One-cycle: L. Smith, N. Topin,
// arXiv 1708.07120, in PyTorch's form (OneCycleLR, cosine). The others are timm's (timm/scheduler) by step: cosine, I. Loshchilov, F. Hutter,
// arXiv 1608.03983, without restarts; step, multistep, poly and plateau.

using TResNet.Evaluation;
using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>What the learning rate is at each step of a run.</summary>
/// <param name="options">The recipe.</param>
/// <param name="stepsPerEpoch">Optimiser steps in an epoch.</param>
internal sealed class LearningRateSchedule(TrainingOptions options, int stepsPerEpoch)
{
    // PyTorch's: a cycle ends at a 10,000th of its start, and momentum goes the other way.
    private const double End = 1e4;
    private const double LeastMomentum = 0.85;
    private const double MostMomentum = 0.95;
    private readonly int total = options.Epochs * stepsPerEpoch;
    private readonly double rising = (options.WarmupEpochs ?? 0) * stepsPerEpoch;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="before">The epochs done before it, which decide about a plateau.</param>
    public double At(int step, IReadOnlyList<EpochResult>? before = null)
    {
        var done = step - 1;
        if (options.Scheduler == SchedulerKind.OneCycle)
        {
            var start = 1 / options.DivFactor;
            return options.LearningRate * OneCycle(done, start, 1, start / End);
        }

        if (options is { Scheduler: SchedulerKind.Cosine, WarmupEpochs: null })
        {
            return done >= total ? options.MinLr : CosineBehindWarmUp(done);
        }

        return done < rising
            ? options.WarmupLr + done * (options.LearningRate - options.WarmupLr) / rising
            : options.Scheduler switch
            {
                SchedulerKind.Cosine => done >= total
                    ? options.MinLr
                    : Between(options.LearningRate, options.MinLr, done / (double)total),
                SchedulerKind.Poly => done >= total
                    ? options.MinLr
                    : options.MinLr
                        + (options.LearningRate - options.MinLr)
                            * Math.Pow(1 - done / (double)total, options.DecayRate),
                SchedulerKind.Plateau => Plateau(before ?? []),
                SchedulerKind.MultiStep => Decayed(
                    // timm looks one ahead.
                    options.DecayMilestones.Count(epoch => epoch * (double)stepsPerEpoch <= step)
                ),
                _ => Decayed(Math.Floor((double)done / (options.DecayEpochs * stepsPerEpoch))),
            };
    }

    /// <summary>The momentum, or the first beta, of a step; null where it stays as it is.</summary>
    /// <param name="step">The step, from 1.</param>
    public double? MomentumAt(int step) =>
        options is { Scheduler: SchedulerKind.OneCycle, CycleMomentum: true }
            ? OneCycle(step - 1, MostMomentum, LeastMomentum, MostMomentum)
            : null;

    private static double Between(double from, double to, double share) =>
        to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));

    private double Decayed(double times) => options.LearningRate * Math.Pow(options.DecayRate, times);

    private double OneCycle(int step, double start, double middle, double end)
    {
        // The rising part needs two steps and the falling one a third: a shorter cycle would divide by zero.
        var steps = Math.Max(total, 3);
        var share = options.WarmupEpochs is { } epochs ? epochs / options.Epochs : options.WarmUp;
        var top = Math.Max(share, 2.0 / steps) * steps - 1;
        return step <= top
            ? Between(start, middle, step / top)
            : Between(middle, end, (step - top) / (steps - 1 - top));
    }

    private double CosineBehindWarmUp(int step)
    {
        var rising = (int)Math.Round(options.WarmUp * total);
        return step < rising
            ? options.LearningRate * ((step + 1.0) / (rising + 1))
            : options.MinLr
                + (options.LearningRate - options.MinLr)
                    * Between(1, 0, (step - rising) / (double)Math.Max(total - rising, 1));
    }

    /// <summary>PyTorch's ReduceLROnPlateau, as timm calls it: the epochs of the warm-up do not count.</summary>
    private double Plateau(IReadOnlyList<EpochResult> before)
    {
        const double Better = 1e-4;
        const double LeastChange = 1e-8;
        var (rate, best, without) = (options.LearningRate, (double?)null, 0);
        foreach (var epoch in before.Where(epoch => epoch.Epoch > (options.WarmupEpochs ?? 0)))
        {
            var isBetter =
                best is null ? !double.IsNaN(epoch.Value)
                : epoch.EvalMetric.LessIsBetter() ? epoch.Value < best * (1 - Better)
                : epoch.Value > best * (1 + Better);
            (best, without) = isBetter ? (epoch.Value, 0) : (best, without + 1);
            if (without > options.PatienceEpochs)
            {
                var lower = Math.Max(rate * options.DecayRate, options.MinLr);
                (rate, without) = (rate - lower > LeastChange ? lower : rate, 0);
            }
        }

        return rate;
    }
}
