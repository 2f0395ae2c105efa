using TorchSharp;
using TorchSharp.Modules;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Learning rates by step against the formulas of timm's schedulers and PyTorch's one-cycle.</summary>
public sealed class ScheduleTests
{
    private const int PerEpoch = 7;

    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 10,
        LearningRate = 0.4,
        WarmupEpochs = 1.5,
        WarmupLr = 0.01,
        MinLr = 0.02,
    };

    [Theory]
    [InlineData(SchedulerKind.Cosine)]
    [InlineData(SchedulerKind.Poly)]
    [InlineData(SchedulerKind.Step)]
    [InlineData(SchedulerKind.MultiStep)]
    public void A_schedule_is_timms_by_step(SchedulerKind kind)
    {
        var options = Recipe with
        {
            Scheduler = kind,
            MinLr = kind.HasMinLr() ? 0.02 : 0,
            CooldownEpochs = kind.CoolsDown() ? 2 : 0,
            DecayEpochs = 2.4,
            DecayMilestones = [3, 6],
            DecayRate = 0.3,
        };
        var schedule = new LearningRateSchedule(options.Validate(), PerEpoch);
        for (var t = 0; t < options.TotalEpochs * PerEpoch; t++)
        {
            var part = t / (10.0 * PerEpoch);
            var expected =
                t < 1.5 * PerEpoch ? 0.01 + t * (0.4 - 0.01) / (1.5 * PerEpoch)
                : kind == SchedulerKind.Step ? 0.4 * Math.Pow(0.3, Math.Floor(t / (2.4 * PerEpoch)))
                : kind == SchedulerKind.MultiStep
                    ? 0.4 * Math.Pow(0.3, new[] { 3, 6 }.Count(m => m * PerEpoch <= t + 1))
                : part >= 1 ? 0.02
                : kind == SchedulerKind.Poly ? 0.02 + 0.38 * Math.Pow(1 - part, 0.3)
                : 0.02 + 0.5 * 0.38 * (1 + Math.Cos(Math.PI * part));
            Assert.Equal(expected, schedule.At(t + 1), 1e-12);
        }
    }

    [Fact]
    public void A_plateau_is_PyTorchs()
    {
        double[] top1 = [0.9, 0.5, 0.6, 0.6, 0.60003, 0.59, 0.7, 0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
        var options = Recipe with
        {
            Epochs = 16,
            Scheduler = SchedulerKind.Plateau,
            WarmupEpochs = 1,
            PatienceEpochs = 2,
            DecayRate = 0.25,
            MinLr = 0.01,
        };
        var schedule = new LearningRateSchedule(options.Validate(), PerEpoch);
        using var weight = new Parameter(zeros(1));
        using var sgd = optim.SGD([weight], 0.4);
        var pytorch = optim.lr_scheduler.ReduceLROnPlateau(sgd, mode: "max", factor: 0.25, patience: 2, min_lr: [0.01]);
        var epochs = new List<EpochResult>();
        for (var epoch = 1; epoch <= top1.Length; epoch++)
        {
            if (epoch > 1)
            {
                Assert.Equal(sgd.ParamGroups.First().LearningRate, schedule.At(epoch * PerEpoch, epochs), 1e-12);
            }

            epochs.Add(new EpochResult(epoch, epoch * PerEpoch, 1, 1, top1[epoch - 1], 1, TimeSpan.Zero));
            if (epoch > 1)
            {
                pytorch.step(top1[epoch - 1]);
            }
        }

        Assert.Equal(0.01, schedule.At(16 * PerEpoch, epochs), 1e-12);
        Assert.Equal(0.4, schedule.At(2 * PerEpoch, [epochs[0]]), 1e-12);
    }

    [Fact]
    public void One_cycle_with_its_momentum_is_PyTorchs()
    {
        const int steps = 40;
        using var weight = new Parameter(zeros(1));
        using var sgd = optim.SGD([weight], 0.1, momentum: 0.9);
        var pytorch = optim.lr_scheduler.OneCycleLR(sgd, 0.1, total_steps: steps, pct_start: 0.3, div_factor: 20);
        var options = new TrainingOptions
        {
            Epochs = 10,
            WarmupEpochs = 3,
            DivFactor = 20,
            CycleMomentum = true,
        };
        var schedule = new LearningRateSchedule(options.Validate(), steps / 10);
        for (var step = 1; step <= steps; step++)
        {
            Assert.Equal(sgd.ParamGroups.First().LearningRate, schedule.At(step), 1e-12);
            Assert.Equal(((SGD.ParamGroup)sgd.ParamGroups.First()).Momentum, schedule.MomentumAt(step)!.Value, 1e-12);
            if (step < steps)
            {
                pytorch.step();
            }
        }

        Assert.Null(new LearningRateSchedule(options with { CycleMomentum = false }, 4).MomentumAt(1));
    }

    [Theory]
    [InlineData(OptimizerKind.SGD)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.RMSprop)]
    [InlineData(OptimizerKind.Lion)]
    public void The_momentum_of_a_step_reaches_the_optimiser(OptimizerKind kind)
    {
        using var net = SmallNets.Create();
        using var scope = NewDisposeScope();
        var options = new TrainingOptions { Optimizer = kind, CycleMomentum = true };
        using var optimizer = OptimizerFactory.Create(net, options);
        var step = new TrainingStep(net, options, optimizer);

        step.Run(1, 0.01, [(rand(4, 1, 28, 28), tensor(new long[] { 0, 1, 2, 3 }))], momentum: 0.87);

        Assert.All(
            optimizer.ParamGroups,
            group => Assert.Equal(0.87, group is optim.IMomentum one ? one.Momentum : ((optim.IBetas)group).Betas.Item1)
        );
    }

    [Fact]
    public void A_run_cools_down_after_its_epochs()
    {
        using var net = SmallNets.Create();
        var train = FashionMnist.Load(FashionMnistSplit.Train).First(60);
        var options = new TrainingOptions
        {
            Epochs = 2,
            CooldownEpochs = 1,
            BatchSize = 20,
            Scheduler = SchedulerKind.Cosine,
            MinLr = 0.001,
            LearningRate = 0.02,
        };
        var run = new Trainer(net, train, train, options).Fit();

        Assert.Equal((3, 9, false), (run.Epochs.Count, run.Steps.Count, run.Interrupted));
        Assert.All(run.Steps.TakeLast(3), step => Assert.Equal(0.001, step.LearningRate));
    }

    [Fact]
    public void What_a_schedule_has_no_use_for_is_refused()
    {
        Assert.Equal(
            "A least learning rate of 0.02 means nothing to the schedule Step: leave it out.",
            Refused(Recipe with { Scheduler = SchedulerKind.Step })
        );
        Assert.Equal(
            "A cool-down of 2 epochs means nothing to the schedule Plateau: leave it out.",
            Refused(Recipe with { Scheduler = SchedulerKind.Plateau, CooldownEpochs = 2 })
        );
        Assert.Equal(
            "The milestones of the schedule are 6, 3, but they have to be epochs from 1 in rising order; put them in order.",
            Refused(new TrainingOptions { Scheduler = SchedulerKind.MultiStep, DecayMilestones = [6, 3] })
        );
        Assert.Equal(
            "The number of warm-up epochs is 12, but it has to be above 0 and below the 6 epochs of the run; choose a value in that range.",
            Refused(new TrainingOptions { WarmupEpochs = 12 })
        );
        Assert.StartsWith(
            "The least learning rate is NaN, but it has to be from 0 to the learning rate, 0.1;",
            Refused(new TrainingOptions { Scheduler = SchedulerKind.Cosine, MinLr = double.NaN })
        );
    }

    private static string Refused(TrainingOptions options) =>
        Assert.Throws<TResNetException>(() => options.Validate()).Message;
}
