using System.Globalization;

namespace TResNet.Training;

/// <summary>Refuses options that are out of range, contradict each other or mean nothing beside the others.</summary>
internal static class TrainingOptionsCheck
{
    /// <summary>Checks every range.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public static void Require(TrainingOptions options)
    {
        Check("number of epochs", options.Epochs, options.Epochs is >= 1 and <= 10_000, "from 1 to 10,000");
        Check("batch size", options.BatchSize, options.BatchSize is >= 2 and <= 65_536, "from 2 to 65,536 images");
        Check("learning rate", options.LearningRate, options.LearningRate is > 0 and <= 100, "above 0 and at most 100");
        var least = options.Scheduler == SchedulerKind.OneCycle ? "above 0" : "from 0";
        Check(
            "warm-up share",
            options.WarmUp,
            options.WarmUp is >= 0 and < 1 && (options.WarmUp > 0 || options.Scheduler != SchedulerKind.OneCycle),
            $"{least} and below 1"
        );
        Check(
            "number of batches in a step",
            options.GradAccumSteps,
            options.GradAccumSteps is >= 1 and <= 1024,
            "from 1 to 1,024"
        );
        Schedule(options);
        Check(
            "bound of the gradients",
            options.ClipGrad,
            options.ClipGrad is >= 0 and <= double.MaxValue,
            "0 (no limit) or more"
        );
        Check(
            "epsilon of the optimiser",
            options.OptEps ?? 1,
            options.OptEps is null or (> 0 and <= 1),
            "above 0 and at most 1"
        );
        Check("first beta", options.Beta1 ?? 0, options.Beta1 is null or (>= 0 and < 1), "from 0 to below 1");
        Check("second beta", options.Beta2 ?? 0, options.Beta2 is null or (>= 0 and < 1), "from 0 to below 1");
        Unused(
            options.OptEps is not null && !options.Optimizer.HasEpsilon(),
            $"An epsilon of {options.OptEps}",
            $"{options.Optimizer}"
        );
        Unused(
            (options.Beta1 ?? options.Beta2) is not null && !options.Optimizer.HasBetas(),
            $"A beta of {options.Beta1 ?? options.Beta2}",
            $"{options.Optimizer}, which has a momentum instead"
        );
        Check(
            "share that the average keeps",
            options.ModelEmaDecay,
            options.ModelEmaDecay is >= 0 and < 1,
            "from 0 (no average) to below 1"
        );
        Check("focus on positive classes", options.AsymmetricPositive, options.AsymmetricPositive >= 0, "at least 0");
        Check("focus on negative classes", options.AsymmetricNegative, options.AsymmetricNegative >= 0, "at least 0");
        Check(
            "margin of the asymmetric loss",
            options.AsymmetricMargin,
            options.AsymmetricMargin is >= 0 and < 1,
            "from 0 to below 1"
        );
        Check(
            "threshold of the targets",
            options.BceTargetThreshold ?? 0,
            options.BceTargetThreshold is null or (>= 0 and < 1),
            "from 0 to below 1"
        );
        Check(
            "weight of positive classes",
            options.BcePosWeight,
            options.BcePosWeight is > 0 and <= 1e6,
            "above 0 and at most 1,000,000"
        );
        Check("momentum", options.Momentum, options.Momentum is >= 0 and < 1, "from 0 to below 1");
        Check(
            "decay over layers",
            options.LayerDecay ?? 1,
            options.LayerDecay is null or (> 0 and <= 1),
            "above 0 and at most 1"
        );
        Check(
            "least part of the learning rate of a layer",
            options.LayerDecayMinScale,
            options.LayerDecayMinScale is >= 0 and <= 1,
            "from 0 to 1"
        );
        Unused(
            options.LayerDecayMinScale > 0 && options.LayerDecay is null,
            $"A least part of {options.LayerDecayMinScale} of the learning rate",
            "a training without a decay over layers"
        );
        Check("weight decay", options.WeightDecay, options.WeightDecay is >= 0 and <= 1, "from 0 to 1");
        Check("label smoothing", options.LabelSmoothing, options.LabelSmoothing is >= 0 and < 1, "from 0 to below 1");
        Distillation(options);
        Head(options);
        Balance(options);
        Check("shift", options.Shift, options.Shift is >= 0 and <= 64, "from 0 to 64 pixels");
        Check(
            "share of the first image size",
            options.FirstSize,
            options.FirstSize is >= 0.1 and <= 1,
            "from 0.1 to 1 (full size)"
        );
        Check(
            "evaluation batch size",
            options.EvaluationBatchSize,
            options.EvaluationBatchSize is >= 1 and <= 65_536,
            "from 1 to 65,536 images"
        );
    }

    private static void Distillation(TrainingOptions options)
    {
        Check(
            "temperature of the distillation",
            options.KdTemperature,
            options.KdTemperature is >= 0.01 and <= 1000,
            "from 0.01 to 1,000"
        );
        Check(
            "weight of what the teacher says",
            options.DistillLossWeight ?? 1,
            options.DistillLossWeight is null or (> 0 and <= 1e6),
            "above 0 and at most 1,000,000"
        );
        Check(
            "weight of the labels beside a teacher",
            options.TaskLossWeight ?? 0,
            options.TaskLossWeight is null
                || (
                    options.DistillLossWeight is null
                        ? options.TaskLossWeight is >= 0 and < 1
                        : options.TaskLossWeight is >= 0 and <= 1e6
                ),
            options.DistillLossWeight is null
                ? "from 0 to below 1 where none is said for the teacher, who has the rest"
                : "from 0 to 1,000,000"
        );
        Unused(
            options.HardDistillation && options.KdTemperature != new TrainingOptions().KdTemperature,
            $"A temperature of {options.KdTemperature}",
            "a teacher of whose answer the likeliest class alone counts"
        );
    }

    private static void Head(TrainingOptions options)
    {
        Check(
            "scale of the classifier's first weights",
            options.HeadInitScale ?? 1,
            options.HeadInitScale is null or (>= 0 and <= 1000),
            "from 0 to 1,000"
        );
        Check(
            "first bias of the classifier",
            options.HeadInitBias ?? 0,
            options.HeadInitBias is null or (>= -100 and <= 100),
            "from -100 to 100"
        );
        Unused(
            options.HeadInitBias is not null && options.Loss == LossKind.CrossEntropy,
            $"A first bias of {options.HeadInitBias} for all classes",
            "cross entropy, which looks at differences between classes alone"
        );
    }

    private static void Balance(TrainingOptions options)
    {
        foreach (var weight in options.ClassWeights ?? [])
        {
            Check("weight of a class", weight, weight is >= 1e-6 and <= 1e6, "from 0.000001 to 1,000,000");
        }

        Unused(
            options.ClassWeights is not null && options.Loss == LossKind.Asymmetric,
            $"A list of {options.ClassWeights?.Count} class weights",
            "the asymmetric loss, whose powers weigh what is rare already"
        );
        Unused(
            options.ClassWeights is not null && options.BcePosWeight != 1,
            $"A weight of {options.BcePosWeight} for all classes that are there",
            "a loss with a weight for each class"
        );
        Check(
            "number of epochs without a better one that end the run",
            options.EarlyStopPatience ?? 1,
            options.EarlyStopPatience is null
                || (options.EarlyStopPatience >= 1 && options.EarlyStopPatience < options.TotalEpochs),
            options.TotalEpochs > 1
                ? $"from 1 to below the {options.TotalEpochs} epochs of the run"
                : "left out of a run of one epoch"
        );
    }

    private static void Schedule(TrainingOptions options)
    {
        var isOneCycle = options.Scheduler == SchedulerKind.OneCycle;
        Check(
            "number of epochs between two steps of the schedule",
            options.DecayEpochs,
            options.DecayEpochs is > 0 and <= 10_000,
            "above 0 and at most 10,000"
        );
        var most = options.Scheduler == SchedulerKind.Poly ? 10 : 1;
        Check(
            "decay rate",
            options.DecayRate,
            options.DecayRate > 0 && options.DecayRate <= most,
            $"above 0 and at most {most}"
        );
        Check(
            "number of warm-up epochs",
            options.WarmupEpochs ?? 0,
            options.WarmupEpochs is null
                || (
                    options.WarmupEpochs >= 0
                    && options.WarmupEpochs < options.Epochs
                    && (options.WarmupEpochs > 0 || !isOneCycle)
                ),
            $"{(isOneCycle ? "above 0" : "from 0")} and below the {options.Epochs} epochs of the run"
        );
        var rates = FormattableString.Invariant($"from 0 to the learning rate, {options.LearningRate}");
        Check("learning rate that the warm-up starts at", options.WarmupLr, options.WarmupLr >= 0, "at least 0");
        Check(
            "learning rate that the warm-up starts at",
            options.WarmupLr,
            options.WarmupEpochs is null or 0 || options.WarmupLr <= options.LearningRate,
            rates
        );
        Check("least learning rate", options.MinLr, options.MinLr >= 0 && options.MinLr <= options.LearningRate, rates);
        Check(
            "number of epochs to cool down",
            options.CooldownEpochs,
            options.CooldownEpochs is >= 0 and <= 10_000,
            "from 0 to 10,000"
        );
        Check("patience in epochs", options.PatienceEpochs, options.PatienceEpochs >= 0, "at least 0");
        Check("divisor of one-cycle", options.DivFactor, options.DivFactor is >= 1 and <= 1e6, "from 1 to 1,000,000");
        if (options.DecayMilestones.Zip(options.DecayMilestones.Prepend(0)).Any(pair => pair.First <= pair.Second))
        {
            throw new TResNetException(
                $"The milestones of the schedule are {string.Join(", ", options.DecayMilestones)}, but they have to be epochs from 1 in rising order; put them in order."
            );
        }

        Unused(
            options.MinLr > 0 && !options.Scheduler.HasMinLr(),
            $"A least learning rate of {options.MinLr}",
            $"the schedule {options.Scheduler}"
        );
        Unused(
            options.CooldownEpochs > 0 && !options.Scheduler.CoolsDown(),
            $"A cool-down of {options.CooldownEpochs} epochs",
            $"the schedule {options.Scheduler}"
        );
        Unused(options.CycleMomentum && !isOneCycle, $"A cycle of the momentum", $"the schedule {options.Scheduler}");
        if (options.CycleMomentum && options.Optimizer.HasMomentum() && options.Momentum == 0)
        {
            throw new TResNetException(
                "A cycle of the momentum needs one, and the momentum is 0: choose one above 0, or leave the cycle out."
            );
        }
    }

    private static void Unused(bool isUnused, FormattableString what, string by)
    {
        if (isUnused)
        {
            throw new TResNetException($"{FormattableString.Invariant(what)} means nothing to {by}: leave it out.");
        }
    }

    private static void Check(string name, double value, bool holds, string expected)
    {
        if (!holds)
        {
            throw new TResNetException(
                $"The {name} is {value.ToString(CultureInfo.InvariantCulture)}, but it has to be {expected}; choose a value in that range."
            );
        }
    }
}
