// Schedules of the learning rate against PyTorch 1.13: the rate and the momentum that each step is taken with.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace LibTorch.Tests.Optim;

public sealed class SchedulerTests
{
    private static SGD Sgd() => SGD([new Parameter(zeros(1))], 0.1, momentum: 0.9);

    private static void Check(
        Optimizer optimizer,
        lr_scheduler.LRScheduler scheduler,
        double[] rates,
        double[]? momenta = null
    )
    {
        for (int i = 0; i < rates.Length; i++)
        {
            ILearningRateController group = optimizer.ParamGroups.Single();
            Assert.Equal(rates[i], group.LearningRate, 1e-12);
            Assert.Equal(rates[i], scheduler.get_last_lr().Single(), 1e-12);
            if (momenta is not null)
            {
                double momentum = group is IBetas betas ? betas.Betas.Item1 : ((IMomentum)group).Momentum;
                Assert.Equal(momenta[i], momentum, 1e-12);
            }

            if (i < rates.Length - 1)
            {
                scheduler.step();
            }
        }
    }

    [Fact]
    public void One_cycle_by_cosine()
    {
        // OneCycleLR(o, max_lr=1.0, total_steps=10)
        SGD sgd = Sgd();
        Check(
            sgd,
            lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 10),
            [
                0.04,
                0.52,
                1,
                0.9504846320134737,
                0.8117456539497631,
                0.6112620219362893,
                0.38874197806371075,
                0.18825834605023697,
                0.049519367986526286,
                4e-6,
            ],
            [
                0.95,
                0.9,
                0.85,
                0.854951556604879,
                0.8688255099070633,
                0.8888739533021842,
                0.9111260466978157,
                0.9311744900929366,
                0.945048443395121,
                0.95,
            ]
        );
    }

    [Fact]
    public void One_cycle_in_straight_lines()
    {
        // OneCycleLR(o, max_lr=1.0, epochs=2, steps_per_epoch=4, anneal_strategy='linear', pct_start=.5, div_factor=10,
        //            final_div_factor=100, base_momentum=.8, max_momentum=.9)
        SGD sgd = Sgd();
        Check(
            sgd,
            lr_scheduler.OneCycleLR(
                sgd,
                1.0,
                epochs: 2,
                steps_per_epoch: 4,
                pct_start: 0.5,
                anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear,
                base_momentum: 0.8,
                max_momentum: 0.9,
                div_factor: 10,
                final_div_factor: 100
            ),
            [0.1, 0.4, 0.7, 1, 0.75025, 0.5005, 0.25075, 0.001],
            [0.9, 0.8666666666666667, 0.8333333333333334, 0.8, 0.825, 0.85, 0.875, 0.9]
        );
    }

    [Fact]
    public void One_cycle_in_three_phases()
    {
        // OneCycleLR(o, max_lr=1.0, total_steps=10, three_phase=True)
        SGD sgd = Sgd();
        Check(
            sgd,
            lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 10, three_phase: true),
            [
                0.04,
                0.52,
                1,
                0.52,
                0.04,
                0.0361807218535102,
                0.0261817218535102,
                0.013822278146489805,
                0.0038232781464898036,
                4e-6,
            ],
            [0.95, 0.9, 0.85, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]
        );
    }

    [Fact]
    public void One_cycle_turns_the_first_beta_of_adamw()
    {
        // OneCycleLR(AdamW(p), max_lr=0.01, total_steps=5)
        AdamW adamw = AdamW([new Parameter(zeros(1))]);
        Check(
            adamw,
            lr_scheduler.OneCycleLR(adamw, 0.01, total_steps: 5),
            [0.0004, 0.009504846320134737, 0.0061126202193628925, 0.00188258346050237, 4e-8],
            [0.95, 0.854951556604879, 0.8888739533021842, 0.9311744900929366, 0.95]
        );
        Assert.Equal(0.999, ((IBetas)adamw.ParamGroups.Single()).Betas.Item2);
    }

    [Fact]
    public void One_cycle_leaves_momentum_alone_when_told()
    {
        SGD sgd = Sgd();
        lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 4, cycle_momentum: false).step();

        Assert.Equal(0.9, ((IMomentum)sgd.ParamGroups.Single()).Momentum);
    }

    [Fact]
    public void One_cycle_gives_each_group_its_own_rate()
    {
        SGD sgd = SGD(
            [
                new SGD.ParamGroup { Parameters = [new Parameter(zeros(1))] },
                new SGD.ParamGroup { Parameters = [new Parameter(zeros(1))] },
            ],
            0.1
        );
        lr_scheduler.LRScheduler scheduler = lr_scheduler.OneCycleLR(sgd, [1.0, 0.1], total_steps: 10);
        scheduler.step();
        scheduler.step();

        Assert.Equal([1.0, 0.1], scheduler.get_last_lr());
    }

    [Fact]
    public void One_cycle_says_what_is_wrong()
    {
        SGD sgd = Sgd();
        string Refused(Func<object> make) => Assert.Throws<ArgumentException>(make).Message;

        Assert.Contains("total_steps, or epochs", Refused(() => lr_scheduler.OneCycleLR(sgd, 1.0)));
        Assert.Contains("not 0", Refused(() => lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 0)));
        Assert.Contains("not 3 and -1", Refused(() => lr_scheduler.OneCycleLR(sgd, 1.0, epochs: 3)));
        Assert.Contains("1.5", Refused(() => lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 4, pct_start: 1.5)));
        Assert.Contains("2 values for 1", Refused(() => lr_scheduler.OneCycleLR(sgd, [1.0, 2.0], total_steps: 4)));

        lr_scheduler.LRScheduler scheduler = lr_scheduler.OneCycleLR(sgd, 1.0, total_steps: 2);
        scheduler.step();
        scheduler.step();
        Assert.Contains("for 2 steps", Assert.Throws<InvalidOperationException>(scheduler.step).Message);
    }

    [Fact]
    public void Cosine_annealing_goes_down_and_up_again()
    {
        // CosineAnnealingLR(o, T_max=4, eta_min=.01)
        SGD sgd = Sgd();
        Check(
            sgd,
            lr_scheduler.CosineAnnealingLR(sgd, 4, 0.01),
            [
                0.1,
                0.08681980515339464,
                0.055,
                0.023180194846605363,
                0.01,
                0.023180194846605363,
                0.055,
                0.08681980515339469,
                0.1,
                0.0868198051533947,
            ]
        );
    }

    [Fact]
    public void Cosine_annealing_jumps_to_a_given_step()
    {
        SGD sgd = Sgd();
        lr_scheduler.LRScheduler scheduler = lr_scheduler.CosineAnnealingLR(sgd, 4, 0.01);

        scheduler.step(3);

        Assert.Equal(0.01 + 0.09 * (1 + Math.Cos(Math.PI * 3 / 4)) / 2, scheduler.get_last_lr().Single(), 1e-15);
    }

    [Fact]
    public void Step_multiplies_every_few_steps()
    {
        SGD sgd = Sgd();
        lr_scheduler.LRScheduler scheduler = lr_scheduler.StepLR(sgd, 3, 0.5);
        Check(sgd, scheduler, [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);

        scheduler.step(9);
        Assert.Equal(0.0125, scheduler.get_last_lr().Single(), 1e-15);
    }

    [Fact]
    public void Lambda_multiplies_the_initial_rate()
    {
        SGD sgd = Sgd();
        Check(sgd, lr_scheduler.LambdaLR(sgd, step => Math.Pow(0.5, step)), [0.1, 0.05, 0.025, 0.0125]);
    }
}
