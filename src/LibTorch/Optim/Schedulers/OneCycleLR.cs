// The 1cycle policy (Smith and Topin, "Super-Convergence", arXiv 1708.07120), in PyTorch's form.
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>The schedules themselves; the functions beside make them.</summary>
            public static partial class impl
            {
                /// <summary>
                /// The rate climbs from <c>max_lr / div_factor</c> to max_lr during the first pct_start of the steps, then falls to
                /// <c>max_lr / (div_factor final_div_factor)</c>; momentum goes the other way.
                /// </summary>
                public class OneCycleLR : LRScheduler
                {
                    private readonly int _totalSteps;
                    private readonly Func<double, double, double, double> _anneal;
                    private readonly Phase[] _phases;
                    private readonly double[] _maxRates;
                    private readonly double _divFactor;
                    private readonly double _finalDivFactor;
                    private readonly (double Base, double Max)[]? _momenta;

                    /// <summary>How a value goes from one level to the next.</summary>
                    public enum AnnealStrategy
                    {
                        /// <summary>By half a cosine.</summary>
                        Cos,

                        /// <summary>In a straight line.</summary>
                        Linear,
                    }

                    internal OneCycleLR(
                        Optimizer optimizer,
                        IEnumerable<double> max_lr,
                        int total_steps,
                        int epochs,
                        int steps_per_epoch,
                        double pct_start,
                        AnnealStrategy anneal_strategy,
                        bool cycle_momentum,
                        IEnumerable<double>? base_momentum,
                        IEnumerable<double>? max_momentum,
                        double div_factor,
                        double final_div_factor,
                        bool three_phase,
                        int last_epoch,
                        bool verbose
                    )
                        : base(optimizer, last_epoch, verbose)
                    {
                        _totalSteps = TotalSteps(total_steps, epochs, steps_per_epoch);
                        if (pct_start is not (>= 0 and <= 1))
                        {
                            throw new ArgumentException(
                                $"pct_start is the share of the steps that climb, 0 to 1, not {pct_start}.",
                                nameof(pct_start)
                            );
                        }

                        _anneal = anneal_strategy == AnnealStrategy.Cos ? Cosine : Line;
                        _maxRates = PerGroup(max_lr, nameof(max_lr));
                        _divFactor = div_factor;
                        _finalDivFactor = final_div_factor;
                        double peak = pct_start * _totalSteps - 1;
                        double end = _totalSteps - 1;
                        _phases = three_phase
                            ?
                            [
                                new(peak, Level.Initial, Level.Max),
                                new(2 * pct_start * _totalSteps - 2, Level.Max, Level.Initial),
                                new(end, Level.Initial, Level.Min),
                            ]
                            : [new(peak, Level.Initial, Level.Max), new(end, Level.Max, Level.Min)];
                        if (cycle_momentum)
                        {
                            if (Groups.Any(group => group is not (IMomentum or IBetas)))
                            {
                                throw new ArgumentException(
                                    "cycle_momentum is for optimizers with momentum or betas; this one has neither. Pass cycle_momentum: false.",
                                    nameof(cycle_momentum)
                                );
                            }

                            _momenta =
                            [
                                .. PerGroup(base_momentum ?? Groups.Select(_ => 0.85), nameof(base_momentum))
                                    .Zip(PerGroup(max_momentum ?? Groups.Select(_ => 0.95), nameof(max_momentum))),
                            ];
                        }

                        if (last_epoch == -1)
                        {
                            for (int i = 0; i < Groups.Count; i++)
                            {
                                Groups[i].InitialLearningRate = _maxRates[i] / div_factor;
                            }
                        }

                        step();
                    }

                    private enum Level
                    {
                        Initial,
                        Max,
                        Min,
                    }

                    /// <inheritdoc/>
                    /// <exception cref="InvalidOperationException">All steps are done.</exception>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (LastEpoch > _totalSteps)
                        {
                            throw new InvalidOperationException(
                                $"This is step {LastEpoch + 1} of a learning rate schedule for {_totalSteps} steps."
                            );
                        }

                        double start = 0;
                        int current = 0;
                        while (current < _phases.Length - 1 && LastEpoch > _phases[current].End)
                        {
                            start = _phases[current++].End;
                        }

                        Phase phase = _phases[current];
                        double progress = (LastEpoch - start) / (phase.End - start);
                        for (int i = 0; i < Groups.Count; i++)
                        {
                            SetMomentum(i, phase, progress);
                        }

                        return
                        [
                            .. _maxRates.Select(max => _anneal(Rate(max, phase.From), Rate(max, phase.To), progress)),
                        ];
                    }

                    private static double Cosine(double from, double to, double progress) =>
                        to + (from - to) / 2 * (Math.Cos(Math.PI * progress) + 1);

                    private static double Line(double from, double to, double progress) =>
                        from + (to - from) * progress;

                    private static int TotalSteps(int total_steps, int epochs, int steps_per_epoch)
                    {
                        if (total_steps == -1 && epochs == -1 && steps_per_epoch == -1)
                        {
                            throw new ArgumentException("OneCycleLR takes total_steps, or epochs and steps_per_epoch.");
                        }

                        if (total_steps != -1)
                        {
                            return total_steps > 0
                                ? total_steps
                                : throw new ArgumentException(
                                    $"total_steps is 1 or more, not {total_steps}.",
                                    nameof(total_steps)
                                );
                        }

                        return epochs > 0 && steps_per_epoch > 0
                            ? checked(epochs * steps_per_epoch)
                            : throw new ArgumentException(
                                $"epochs and steps_per_epoch are 1 or more, not {epochs} and {steps_per_epoch}."
                            );
                    }

                    private double[] PerGroup(IEnumerable<double> values, string name)
                    {
                        double[] given = [.. values];
                        return given.Length == Groups.Count
                            ? given
                            : throw new ArgumentException(
                                $"{name} has {given.Length} values for {Groups.Count} groups of parameters.",
                                name
                            );
                    }

                    private double Rate(double max, Level level) =>
                        level switch
                        {
                            Level.Max => max,
                            Level.Initial => max / _divFactor,
                            _ => max / _divFactor / _finalDivFactor,
                        };

                    private void SetMomentum(int group, Phase phase, double progress)
                    {
                        if (_momenta is null)
                        {
                            return;
                        }

                        (double low, double high) = _momenta[group];
                        double value = _anneal(
                            phase.From == Level.Max ? low : high,
                            phase.To == Level.Max ? low : high,
                            progress
                        );
                        if (Groups[group] is IBetas betas)
                        {
                            betas.Betas = (value, betas.Betas.Item2);
                        }
                        else
                        {
                            ((IMomentum)Groups[group]).Momentum = value;
                        }
                    }

                    private readonly record struct Phase(double End, Level From, Level To);
                }
            }
        }
    }
}
