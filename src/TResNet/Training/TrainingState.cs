// Everything that a run needs to go on as if it had never stopped, in one safetensors file: the weights under "model.", their average under
// "average.", the optimiser's own bytes, and the rest as JSON. The learning rate, the order of the images and all random draws are functions of
// the step, so nothing of them is kept.
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp.Modules;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using TResNet.Files;
using TResNet.Training.Runs;
using TResNet.Weights;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>What is known of a run beside its tensors.</summary>
/// <param name="Model">The network's name.</param>
/// <param name="TrainData">The training images: name and count.</param>
/// <param name="ValidationData">The validation images: name and count.</param>
/// <param name="Options">The recipe.</param>
/// <param name="History">What was done so far.</param>
/// <param name="Notes">What whoever began the run wants to find again.</param>
/// <param name="Scale">Where the scale of the loss stands, in a run that has one.</param>
/// <param name="Evaluation">How images are prepared to be evaluated; null in a run of an earlier version, which did not note it.</param>
/// <param name="Teacher">Who taught; null for nobody.</param>
/// <param name="UninformedLoss">The training loss of an answer that tells no image from another; null where nobody noted it.</param>
/// <param name="Processes">How many processes trained; null for one.</param>
internal sealed record RunDescription(
    string Model,
    DataDescription TrainData,
    DataDescription ValidationData,
    TrainingOptions Options,
    RunHistory History,
    IReadOnlyDictionary<string, string>? Notes = null,
    LossScaleState? Scale = null,
    PretrainedConfig? Evaluation = null,
    TeacherDescription? Teacher = null,
    double? UninformedLoss = null,
    int? Processes = null
)
{
    internal static RunDescription Of(TrainingSession run) =>
        new(
            run.ModelName,
            DataDescription.Of(run.TrainData),
            DataDescription.Of(run.ValidationData),
            run.Options,
            run.History,
            run.Notes,
            run.Scale?.State,
            run.Model is Network network ? PretrainedConfig.Of(network.InChans, network.DataConfig) : null,
            run.Teacher?.Description,
            run.UninformedLoss,
            run.Exchange?.Processes
        );

    internal TrainingRun ToRun()
    {
        var images = History.Steps.Count * Options.BatchSize * Options.GradAccumSteps;
        return new TrainingRun
        {
            Model = Model,
            TrainData = TrainData.Name,
            ValidationData = ValidationData.Name,
            Classes = TrainData.Classes,
            MultiLabel = TrainData.MultiLabel ?? Options.Loss != LossKind.CrossEntropy,
            InputShape = TrainData.Shape,
            Evaluation = Evaluation,
            Options = Options,
            Augmentations = TrainData.Augmentations,
            Notes = Notes ?? RunFolder.NoNotes,
            Teacher = Teacher?.Model,
            UninformedLoss = UninformedLoss,
            Processes = Processes ?? 1,
            Steps = History.Steps,
            Epochs = History.Epochs,
            StepsPerEpoch = new BatchSampler(TrainData.Count, Options.BatchSize, Options.Seed).StepsPerEpoch(
                Options.GradAccumSteps
            ),
            Interrupted = History.Epochs.Count < Options.TotalEpochs && !EarlyStopping.IsDue(Options, History.Epochs),
            Duration = History.Duration,
            ImagesPerSecond = History.TrainingSeconds > 0 ? images / History.TrainingSeconds : 0,
        };
    }
}

/// <summary>What a data set is, so that a run does not go on with another one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Its images.</param>
/// <param name="Classes">The names of its classes.</param>
/// <param name="Shape">Channels, height and width.</param>
/// <param name="Augmentations">How they are changed for training; null for not at all.</param>
/// <param name="MultiLabel">Whether an image may have several classes; null in a run of an earlier version, which did not note it.</param>
internal sealed record DataDescription(
    string Name,
    int Count,
    IReadOnlyList<string> Classes,
    int[] Shape,
    Augmentations? Augmentations = null,
    bool? MultiLabel = null
)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}, {Count} images of {string.Join(" x ", Shape)}, {Classes.Count} classes";

    internal static DataDescription Of(ImageDataset data) =>
        new(
            data.Name,
            data.Count,
            [.. data.Classes],
            [data.Channels, data.Height, data.Width],
            data.Augmentations,
            data.IsMultiLabel
        );
}

/// <summary>Reads and writes the state of a run.</summary>
internal static class TrainingState
{
    private const string ModelPrefix = "model.";
    private const string AveragePrefix = "average.";
    private const string OptimizerName = "optimizer";
    private const string DescriptionName = "run";

    private static readonly JsonSerializerOptions Json = new() { Converters = { new NumberOrNull() } };

    /// <summary>Writes a state, whole or not at all.</summary>
    /// <exception cref="TResNetException">The disk refuses; what was there before is untouched.</exception>
    internal static void Save(
        string path,
        RunDescription run,
        nn.Module model,
        WeightAverage? average,
        optim.Optimizer optimizer
    )
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        TensorSource[] tensors =
        [
            TensorSource.Of(DescriptionName, Bytes(JsonSerializer.SerializeToUtf8Bytes(run, Json))),
            TensorSource.Of(OptimizerName, Bytes(BytesOf(optimizer))),
            .. model.state_dict().Select(p => TensorSource.Of(ModelPrefix + p.Key, p.Value)),
            .. average?.State.Select(p => TensorSource.Of(AveragePrefix + p.Key, p.Value)) ?? [],
        ];
        AtomicFile.Write(path, stream => SafetensorsFile.Write(stream, tensors));
    }

    /// <summary>Reads what a state says of its run, without its weights.</summary>
    /// <exception cref="TResNetException">It is broken, or no state of a run.</exception>
    internal static RunDescription Describe(string path)
    {
        using var file = CheckpointFile.Open(path);
        try
        {
            return OldNames
                .Replace(JsonNode.Parse(Read(path, file, DescriptionName)))
                .Deserialize<RunDescription>(Json)!;
        }
        catch (JsonException e)
        {
            throw new TResNetException($"{path} is damaged: what it says of its run cannot be read ({e.Message}).", e);
        }
    }

    /// <summary>Fills network, average and optimiser.</summary>
    /// <exception cref="TResNetException">It is broken, or of another network.</exception>
    internal static void Load(string path, nn.Module model, WeightAverage? average, optim.Optimizer optimizer)
    {
        using var _ = no_grad();
        using var file = CheckpointFile.Open(path);
        Fill(path, file, ModelPrefix, model.state_dict());
        if (average is not null)
        {
            Fill(path, file, AveragePrefix, average.State);
        }

        using var reader = new BinaryReader(new MemoryStream(Read(path, file, OptimizerName)));
        try
        {
            var helper = (OptimizerHelper)optimizer;
            InOrder(helper, () => helper.load_state_dict(reader), (now, before) => before.copy_(now));
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new TResNetException($"{path} has the state of another optimiser ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static void Fill(
        string path,
        ITensorFile file,
        string prefix,
        IEnumerable<KeyValuePair<string, Tensor>> targets
    )
    {
        foreach (var (name, target) in targets)
        {
            if (!file.Entries.TryGetValue(prefix + name, out var entry) || !entry.Shape.SequenceEqual(target.shape))
            {
                throw new TResNetException(
                    $"{path} is the state of another network: it has no {name} of shape [{string.Join(", ", target.shape)}]."
                );
            }

            TensorStreaming.CopyInto(file, prefix + name, target);
        }
    }

    private static byte[] BytesOf(optim.Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var helper = (OptimizerHelper)optimizer;
        InOrder(helper, () => helper.save_state_dict(writer), (_, _) => { });
        writer.Flush();
        return stream.ToArray();
    }

    // TorchSharp writes and reads tensors in the order of their shape alone.
    private static void InOrder(OptimizerHelper optimizer, Action work, Action<Tensor, Tensor> done)
    {
        var reordered = optimizer
            .state_dict()
            .State.SelectMany(TensorsOf)
            .Select(get => (Get: get, Before: MemoryFormat.ToContiguous(get()!)))
            .ToArray();
        try
        {
            work();
        }
        finally
        {
            // What is read may be another tensor than was there.
            foreach (var (get, before) in reordered)
            {
                if (before is not null && get() is { } now)
                {
                    done(now, before);
                    MemoryFormat.Restore(now, before);
                }
            }
        }
    }

    // Of whatever optimiser.
    private static IEnumerable<Func<Tensor?>> TensorsOf(OptimizerState state) =>
        state
            .GetType()
            .GetFields()
            .Where(field => field.FieldType == typeof(Tensor) && field.GetValue(state) is not null)
            .Select(field => (Func<Tensor?>)(() => (Tensor?)field.GetValue(state)));

    private static Tensor Bytes(byte[] values) => tensor(values);

    private static byte[] Read(string path, ITensorFile file, string name)
    {
        if (!file.Entries.TryGetValue(name, out var entry))
        {
            throw new TResNetException($"{path} holds weights, but no state of a run to go on with.");
        }

        var bytes = new byte[entry.Bytes];
        file.Read(name, 0, bytes);
        return bytes;
    }
}
