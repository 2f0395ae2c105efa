// What all schedules of the learning rate are.
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Schedules of the learning rate. A schedule sets the rate of the first step when it is made.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>A schedule of the learning rate.</summary>
            public abstract class LRScheduler
            {
                private readonly List<ILearningRateController> _groups;
                private readonly bool _verbose;
                private double[] _lastRates;

                /// <summary>A schedule for an optimizer.</summary>
                /// <param name="optimizer">The optimizer.</param>
                /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
                /// <param name="verbose">Whether to print each change.</param>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _groups = [.. optimizer.ParamGroups];
                    _verbose = verbose;
                    LastEpoch = last_epoch;
                    BaseRates = [.. _groups.Select(group => group.InitialLearningRate)];
                    _lastRates = [.. _groups.Select(group => group.LearningRate)];
                }

                private protected IReadOnlyList<ILearningRateController> Groups => _groups;

                private protected double[] BaseRates { get; }

                private protected int LastEpoch { get; private set; }

                /// <summary>Sets the rates for the next step of the optimizer. Called after each step, or each epoch.</summary>
                public virtual void step() => step(null);

                /// <summary>Sets the rates for a given step.</summary>
                /// <param name="epoch">The number of the step, from 0; null for the next one.</param>
                public virtual void step(int? epoch)
                {
                    LastEpoch = epoch ?? LastEpoch + 1;
                    double[] rates = [.. epoch is null ? get_lr() : get_closed_form_lr()];
                    for (int i = 0; i < rates.Length; i++)
                    {
                        _groups[i].LearningRate = rates[i];
                        if (_verbose && _lastRates[i] != rates[i])
                        {
                            Console.WriteLine($"Adjusting learning rate of group {i} to {rates[i]:g4}.");
                        }
                    }

                    _lastRates = rates;
                }

                /// <summary>Sets the rates for a given step.</summary>
                /// <param name="current">A measure of success; only some schedules look at it.</param>
                /// <param name="epoch">The number of the step, from 0; null for the next one.</param>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                /// <summary>The rates last set, one per group.</summary>
                public IEnumerable<double> get_last_lr() => _lastRates;

                /// <summary>The rates of the current step, from those of the step before.</summary>
                protected virtual IEnumerable<double> get_lr() => _groups.Select(group => group.LearningRate);

                /// <summary>The rates of the current step, from its number alone.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();
            }
        }
    }
}
