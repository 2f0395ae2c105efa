// Cosine annealing (Loshchilov and Hutter, SGDR, arXiv 1608.03983), without restarts.
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary><c>eta_min + (lr - eta_min) (1 + cos(pi step / T_max)) / 2</c>.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _period;
                    private readonly double _least;

                    internal CosineAnnealingLR(
                        Optimizer optimizer,
                        double T_max,
                        double eta_min,
                        int last_epoch,
                        bool verbose
                    )
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (!(T_max > 0))
                        {
                            throw new ArgumentException(
                                $"T_max is a number of steps above 0, not {T_max}.",
                                nameof(T_max)
                            );
                        }

                        _period = T_max;
                        _least = eta_min;
                        step();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (LastEpoch == 0)
                        {
                            return Groups.Select(group => group.LearningRate);
                        }

                        // At the bottom the ratio below would be 0 / 0: the first step up again is written out.
                        if ((LastEpoch - 1 - _period) % (2 * _period) == 0)
                        {
                            double rise = (1 - Math.Cos(Math.PI / _period)) / 2;
                            return Groups.Zip(BaseRates, (group, rate) => group.LearningRate + (rate - _least) * rise);
                        }

                        double ratio =
                            (1 + Math.Cos(Math.PI * LastEpoch / _period))
                            / (1 + Math.Cos(Math.PI * (LastEpoch - 1) / _period));
                        return Groups.Select(group => _least + ratio * (group.LearningRate - _least));
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_closed_form_lr() =>
                        BaseRates.Select(rate =>
                            _least + (rate - _least) * (1 + Math.Cos(Math.PI * LastEpoch / _period)) / 2
                        );
                }
            }
        }
    }
}
