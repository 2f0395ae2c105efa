using TResNet.Evaluation;
using TResNet.Training.Distributed;
using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Training;

/// <summary>The result of <c>Trainer.Fit</c>.</summary>
public sealed record TrainingRun
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the training images.</summary>
    public required string TrainData { get; init; }

    /// <summary>The name of the validation images.</summary>
    public required string ValidationData { get; init; }

    /// <summary>The names of the classes, in the order of the network's outputs.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Whether an image may have several of the classes, or none.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>The shape of an image as the network got it: channels, height, width.</summary>
    public IReadOnlyList<int> InputShape { get; init; } = [];

    /// <summary>How images are prepared to be evaluated; null where nobody noted it.</summary>
    internal PretrainedConfig? Evaluation { get; init; }

    /// <summary>The options of the run, validated.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>How training images were changed at random; null where they were only mirrored and shifted, if at all.</summary>
    public Data.Transforms.Augmentations? Augmentations { get; init; }

    /// <summary>The name of the network that taught; null for none.</summary>
    internal string? Teacher { get; init; }

    /// <summary>The training loss of an answer that tells no image from another; null where nobody noted it.</summary>
    internal double? UninformedLoss { get; init; }

    /// <summary>What whoever began the run noted with it (<see cref="RunFolder.Notes"/>).</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = RunFolder.NoNotes;

    /// <summary>Every step done.</summary>
    public required IReadOnlyList<StepResult> Steps { get; init; }

    /// <summary>Every epoch completed.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Whether the run was cancelled before its last evaluation; the network holds the weights of the last step done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Whether the run ended before its last epoch because it got no better (<see cref="TrainingOptions.EarlyStopPatience"/>).</summary>
    public bool StoppedEarly =>
        !Interrupted && Epochs.Count < Options.TotalEpochs && EarlyStopping.IsDue(Options, Epochs);

    /// <summary>The folder that keeps the run: its states, and its weights as <c>last.safetensors</c> and <c>best.safetensors</c>; null where nothing is kept.</summary>
    public RunFolder? Folder { get; init; }

    /// <summary>How many processes trained, last.</summary>
    internal int Processes { get; init; } = 1;

    /// <summary>How the time of training here divided among computing and the other processes; null alone.</summary>
    internal ExchangeShares? Exchange { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch { get; init; }

    /// <summary>What went wrong without ending the run, such as a state that a full disk refused.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The time from start to end, evaluation included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Training images a second over the run, without evaluation; 0 where no step was done.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The share of validation images classified rightly after the last completed epoch, 0 to 1; null before the first one.</summary>
    public double? Top1 => Epochs.Count > 0 ? Epochs[^1].Top1 : null;

    /// <summary>What decides which epoch is best.</summary>
    public EvalMetric EvalMetric =>
        Epochs.Count > 0 ? Epochs[0].EvalMetric : Options.EvalMetric ?? EvalMetrics.Default(MultiLabel);

    /// <summary>The best epoch by <see cref="EvalMetric"/>, of equals that of the lower validation loss; null before the first one.</summary>
    public EpochResult? Best => EpochResult.BestOf(Epochs);

    /// <summary>
    /// The file with the weights of <see cref="Best"/>, for <c>Checkpoint.Load</c> and <c>--weights</c>; null where nothing is kept or no epoch is
    /// complete.
    /// </summary>
    public string? BestCheckpoint => Kept(Folder?.BestWeights);

    /// <summary>The file with the weights of the last complete epoch; null where nothing is kept or no epoch is complete.</summary>
    public string? LastCheckpoint => Kept(Folder?.LastWeights);

    private static string? Kept(string? path) => File.Exists(path) ? path : null;
}
