// The recipe: SGD with Nesterov momentum under a one-cycle learning rate (L. Smith, N. Topin, arXiv 1708.07120), label smoothing
// (arXiv 1512.00567, section 7), weight decay on weights alone. TResNet (arXiv 2003.13630, section 3) trains with the same parts.

using System.Globalization;
using System.Text.Json.Serialization;
using TResNet.Compute;
using TResNet.Evaluation;

namespace TResNet.Training;

/// <summary>How to train. The defaults take <c>tresnet_nano</c> through Fashion-MNIST in about a minute on two cores.</summary>
public sealed record TrainingOptions
{
    /// <summary>The recipe that these options began as (<see cref="Training.Recipe"/>); null for none.</summary>
    public string? Recipe { get; init; }

    /// <summary>Passes over the training images; 1 to 10,000.</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>Images that go through the network at a time; 2 to 65,536. One image alone has no batch statistics to normalise with.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Batches whose gradients make one step, with their mean; 1 to 1,024.</summary>
    public int GradAccumSteps { get; init; } = 1;

    /// <summary>What changes the weights.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>How the learning rate moves.</summary>
    public SchedulerKind Scheduler { get; init; }

    /// <summary>The highest learning rate, per step of one mean loss; above 0, at most 100.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>
    /// The share of the steps during which the learning rate rises, in the one-cycle and the cosine schedule; above 0 (or 0 for cosine), below 1.
    /// </summary>
    public double WarmUp { get; init; } = 0.25;

    /// <summary>Epochs after which the step schedule multiplies the learning rate; at least 1.</summary>
    public int DecayEpochs { get; init; } = 30;

    /// <summary>What the step schedule multiplies the learning rate by; above 0, at most 1.</summary>
    public double DecayRate { get; init; } = 0.1;

    /// <summary>Momentum, Nesterov's for SGD; 0 (none) to below 1. Adam and its relatives have betas instead.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>What keeps a division by gradients from dividing by nothing, above 0; null for the optimiser's own. SGD, momentum and Lion have none.</summary>
    public double? OptEps { get; init; }

    /// <summary>The share of the mean of gradients that Adam and its relatives keep at each step, 0 to below 1; null for the optimiser's own.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The same of the mean of their squares; of Lion's mean.</summary>
    public double? Beta2 { get; init; }

    /// <summary>Weight decay of convolution and linear weights; norms and biases have none. 0 to 1.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>The bound of the gradients, in the way of <see cref="ClipMode"/>: a norm, a value or a share; 0 (no limit) or more.</summary>
    public double ClipGrad { get; init; }

    /// <summary>How gradients are bounded.</summary>
    public ClipMode ClipMode { get; init; }

    /// <summary>
    /// The share that an average of the weights keeps at each step, 0 (no average) to below 1. Network and average are both evaluated after each
    /// epoch, and at the end the network holds the better of the two.
    /// </summary>
    public double ModelEmaDecay { get; init; }

    /// <summary>Whether that share rises from 0, as in timm: <c>1 - step^(-2/3)</c>, up to <see cref="ModelEmaDecay"/>.</summary>
    public bool ModelEmaWarmup { get; init; } = true;

    /// <summary>What convolutions compute in.</summary>
    public ComputeType ComputeType { get; init; }

    /// <summary>What training makes small.</summary>
    public LossKind Loss { get; init; }

    /// <summary>
    /// What decides which epoch is best; null for the share of images classified rightly, or the mean average precision where an image may have
    /// several classes.
    /// </summary>
    public EvalMetric? EvalMetric { get; init; }

    /// <summary>The share of the target given to all classes alike; 0 (none) to below 1. The asymmetric loss of several labels has none.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>The asymmetric loss: the focus on positive classes, gamma+; at least 0.</summary>
    public double AsymmetricPositive { get; init; }

    /// <summary>The asymmetric loss: the focus on negative classes, gamma-; at least 0.</summary>
    public double AsymmetricNegative { get; init; } = 4;

    /// <summary>
    /// The asymmetric loss of several labels: probabilities of negative classes up to this one count nothing; 0 to below 1.
    /// </summary>
    public double AsymmetricMargin { get; init; } = 0.05;

    /// <summary>Binary cross entropy: a share of a class above this one, smoothed, counts as 1 and any other as 0; 0 to below 1, or null to take shares as they are.</summary>
    public double? BceTargetThreshold { get; init; }

    /// <summary>Binary cross entropy: how much more a class that is there counts than one that is not; above 0.</summary>
    public double BcePosWeight { get; init; } = 1;

    // What was called --flip and --shift before the augmentations had both: runs that began so go on so.
    [JsonInclude]
    internal bool Flip { get; init; }

    [JsonInclude]
    internal int Shift { get; init; }

    /// <summary>
    /// Progressive resizing: the side of the images in the first epoch, as a share of the full one, 0.1 to 1 (full from the start). It grows evenly,
    /// in steps that the network takes, and is full in the last quarter of the epochs. Evaluation always sees the full size.
    /// </summary>
    public double FirstSize { get; init; } = 1;

    /// <summary>Images in a batch of evaluation, which needs far less memory than training; 1 to 65,536.</summary>
    public int EvaluationBatchSize { get; init; } = 250;

    /// <summary>Threads that make batches ahead, 1 to 256; 0 for as many as there are processors. The images are the same with any number.</summary>
    public int Workers { get; init; }

    /// <summary>Decides the order of the images, the augmentation and dropout. One seed reproduces a CPU run bit for bit.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Checks every range.</summary>
    /// <returns>The options themselves.</returns>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public TrainingOptions Validate()
    {
        Check("number of epochs", Epochs, Epochs is >= 1 and <= 10_000, "from 1 to 10,000");
        Check("batch size", BatchSize, BatchSize is >= 2 and <= 65_536, "from 2 to 65,536 images");
        Check("learning rate", LearningRate, LearningRate is > 0 and <= 100, "above 0 and at most 100");
        var least = Scheduler == SchedulerKind.OneCycle ? "above 0" : "from 0";
        Check(
            "warm-up share",
            WarmUp,
            WarmUp is >= 0 and < 1 && (WarmUp > 0 || Scheduler != SchedulerKind.OneCycle),
            $"{least} and below 1"
        );
        Check("number of batches in a step", GradAccumSteps, GradAccumSteps is >= 1 and <= 1024, "from 1 to 1,024");
        Check("number of epochs between two steps of the schedule", DecayEpochs, DecayEpochs >= 1, "at least 1");
        Check("factor of the step schedule", DecayRate, DecayRate is > 0 and <= 1, "above 0 and at most 1");
        Check("bound of the gradients", ClipGrad, ClipGrad is >= 0 and <= double.MaxValue, "0 (no limit) or more");
        Check("epsilon of the optimiser", OptEps ?? 1, OptEps is null or (> 0 and <= 1), "above 0 and at most 1");
        Check("first beta", Beta1 ?? 0, Beta1 is null or (>= 0 and < 1), "from 0 to below 1");
        Check("second beta", Beta2 ?? 0, Beta2 is null or (>= 0 and < 1), "from 0 to below 1");
        Unused(OptEps is not null && !Optimizer.HasEpsilon(), $"An epsilon of {OptEps}", $"{Optimizer}");
        Unused(
            (Beta1 ?? Beta2) is not null && !Optimizer.HasBetas(),
            $"A beta of {Beta1 ?? Beta2}",
            $"{Optimizer}, which has a momentum instead"
        );
        Check(
            "share that the average keeps",
            ModelEmaDecay,
            ModelEmaDecay is >= 0 and < 1,
            "from 0 (no average) to below 1"
        );
        Check("focus on positive classes", AsymmetricPositive, AsymmetricPositive >= 0, "at least 0");
        Check("focus on negative classes", AsymmetricNegative, AsymmetricNegative >= 0, "at least 0");
        Check("margin of the asymmetric loss", AsymmetricMargin, AsymmetricMargin is >= 0 and < 1, "from 0 to below 1");
        Check(
            "threshold of the targets",
            BceTargetThreshold ?? 0,
            BceTargetThreshold is null or (>= 0 and < 1),
            "from 0 to below 1"
        );
        Check(
            "weight of positive classes",
            BcePosWeight,
            BcePosWeight is > 0 and <= 1e6,
            "above 0 and at most 1,000,000"
        );
        Check("momentum", Momentum, Momentum is >= 0 and < 1, "from 0 to below 1");
        Check("weight decay", WeightDecay, WeightDecay is >= 0 and <= 1, "from 0 to 1");
        Check("label smoothing", LabelSmoothing, LabelSmoothing is >= 0 and < 1, "from 0 to below 1");
        Check("shift", Shift, Shift is >= 0 and <= 64, "from 0 to 64 pixels");
        Check("share of the first image size", FirstSize, FirstSize is >= 0.1 and <= 1, "from 0.1 to 1 (full size)");
        Check(
            "evaluation batch size",
            EvaluationBatchSize,
            EvaluationBatchSize is >= 1 and <= 65_536,
            "from 1 to 65,536 images"
        );
        return this;
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
