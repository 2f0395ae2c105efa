// The recipe: SGD with Nesterov momentum under a one-cycle learning rate (L. Smith, N. Topin, arXiv 1708.07120), label smoothing
// (arXiv 1512.00567, section 7), weight decay on weights alone. TResNet (arXiv 2003.13630, section 3) trains with the same parts.

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
    /// <see cref="WarmupEpochs"/> overrides it.
    /// </summary>
    public double WarmUp { get; init; } = 0.25;

    /// <summary>
    /// Epochs during which the learning rate rises from <see cref="WarmupLr"/>, with parts, below <see cref="Epochs"/>; null for
    /// <see cref="WarmUp"/> where the schedule has it, and for none where it has not. As in timm, they are the first part of the schedule.
    /// </summary>
    public double? WarmupEpochs { get; init; }

    /// <summary>Where such a warm-up starts; from 0, at most the highest learning rate. One-cycle has <see cref="DivFactor"/> instead.</summary>
    public double WarmupLr { get; init; } = 1e-5;

    /// <summary>Where cosine and poly end, and below what plateau does not go; from 0, at most the highest learning rate.</summary>
    public double MinLr { get; init; }

    /// <summary>Epochs at <see cref="MinLr"/> after those of cosine and poly; 0 to 10,000.</summary>
    public int CooldownEpochs { get; init; }

    /// <summary>Epochs without a better one by <see cref="EvalMetric"/> that plateau lets pass before the learning rate falls; at least 0.</summary>
    public int PatienceEpochs { get; init; } = 10;

    /// <summary>Epochs after which the step schedule multiplies the learning rate, with parts; above 0.</summary>
    public double DecayEpochs { get; init; } = 30;

    /// <summary>The epochs at which multistep multiplies the learning rate, in rising order, each at least 1.</summary>
    public IReadOnlyList<int> DecayMilestones
    {
        get;
        init => field = new ValueList<int>(value);
    } = new ValueList<int>([90, 180, 270]);

    /// <summary>What step, multistep and plateau multiply the learning rate by; above 0, at most 1. In poly the power, above 0, at most 10.</summary>
    public double DecayRate { get; init; } = 0.1;

    /// <summary>One-cycle: how many times the first learning rate goes into the highest; at least 1.</summary>
    public double DivFactor { get; init; } = 25;

    /// <summary>One-cycle: whether momentum, or the first beta, goes from 0.95 to 0.85 and back meanwhile, as in PyTorch.</summary>
    public bool CycleMomentum { get; init; }

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

    /// <summary>
    /// What the learning rate of each layer is multiplied by once more than that of the layer after it, above 0 and at most 1; null for one rate.
    /// Layers are the stem, each block and the head, as timm's <c>group_matcher</c> has them; the head has the full rate.
    /// </summary>
    public double? LayerDecay { get; init; }

    /// <summary>The least part of the learning rate that <see cref="LayerDecay"/> leaves a layer; 0 to 1.</summary>
    public double LayerDecayMinScale { get; init; }

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

    /// <summary>
    /// With several processes: whether batch normalisation and in-place ABN take the statistics of all processes' images, and not each its own. Training is
    /// then that of one process.
    /// </summary>
    public bool SyncBn { get; init; }

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

    /// <summary>
    /// Distillation: what the loss of the labels is multiplied by; from 0, or null for 1. Without <see cref="DistillLossWeight"/> it is below 1, and the teacher
    /// has the rest, as in timm.
    /// </summary>
    public double? TaskLossWeight { get; init; }

    /// <summary>Distillation: what the loss of what the teacher says is multiplied by; above 0, or null for what <see cref="TaskLossWeight"/> leaves of 1, or 1.</summary>
    public double? DistillLossWeight { get; init; }

    /// <summary>
    /// Distillation: what logits of teacher and network are divided by before they are compared; the loss is multiplied by its square. 0.01 to 1,000.
    /// </summary>
    public double KdTemperature { get; init; } = 4;

    /// <summary>Distillation: whether the class that the teacher thinks likeliest is a second label (arXiv 2012.12877), in place of all that it says.</summary>
    public bool HardDistillation { get; init; }

    /// <summary>
    /// How much each class counts in the loss, in their order, 1e-6 to 1e6 each; null for all alike. In cross entropy what an image of it counts, as
    /// PyTorch's <c>weight</c>; in binary cross entropy what the class counts where it is there, as PyTorch's <c>pos_weight</c>.
    /// </summary>
    public IReadOnlyList<double>? ClassWeights
    {
        get;
        init => field = value is null ? null : new ValueList<double>(value);
    }

    /// <summary>
    /// Whether images are drawn with replacement, all classes alike often, in place of each once an epoch: what PyTorch's
    /// <c>WeightedRandomSampler</c> does with one over the images of the class.
    /// </summary>
    public bool BalancedSampling { get; init; }

    /// <summary>
    /// Epochs without a better one (<see cref="TrainingRun.Best"/>) after which the run ends; from 1, below <see cref="TotalEpochs"/>. The network
    /// then holds the weights of the best epoch. Null for all epochs, and the weights of the last.
    /// </summary>
    public int? EarlyStopPatience { get; init; }

    /// <summary>
    /// The stage up to which, itself included, layers stay as they are: <c>stem</c>, a stage by its name in the network such as <c>layer3</c>, or
    /// <c>features</c> for all but the head; null for none. Their parameters get no gradient, decay or average, their normalisations keep their
    /// statistics, and nothing of them is dropped.
    /// </summary>
    public string? Freeze { get; init; }

    /// <summary>
    /// Whether the blocks of the network keep nothing but their input for backward, which computes them again: less memory for more time
    /// (arXiv 1604.06174). On a CPU the run is the same to the bit.
    /// </summary>
    public bool GradCheckpointing { get; init; }

    /// <summary>What the classifier's weights and biases are multiplied by before the first step, 0 to 1,000; null to leave them.</summary>
    public double? HeadInitScale { get; init; }

    /// <summary>What the classifier's biases begin with, for binary cross entropy, -100 to 100; null to leave them.</summary>
    public double? HeadInitBias { get; init; }

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

    /// <summary>All epochs of a run: those of the schedule, and those that it cools down for.</summary>
    [JsonIgnore]
    public int TotalEpochs => Epochs + CooldownEpochs;

    /// <summary>The same options with <see cref="ClassWeights"/> that make up for classes with few images.</summary>
    /// <param name="train">The images to train on.</param>
    /// <returns>
    /// With cross entropy <c>n / (K n_k)</c> for class k of K, as scikit-learn's <c>balanced</c>; with binary cross entropy <c>(n - n_k) / n_k</c>, as
    /// PyTorch recommends for <c>pos_weight</c>.
    /// </returns>
    /// <exception cref="TResNetException">A class is in no image, or in all of them.</exception>
    public TrainingOptions WithBalancedClassWeights(Data.Loading.ImageDataset train) =>
        this with
        {
            ClassWeights = ClassBalance.Weights(train, Loss),
        };

    /// <summary>Checks every range.</summary>
    /// <returns>The options themselves.</returns>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public TrainingOptions Validate()
    {
        TrainingOptionsCheck.Require(this);
        return this;
    }
}
