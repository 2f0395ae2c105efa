using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Commands;

/// <summary>The options that name a trained network: a run, a name with weights, or a variable that holds one.</summary>
internal sealed class TrainedNetwork
{
    /// <summary>The folder of a run.</summary>
    public Option<string?> Run { get; } =
        new("--run")
        {
            Description =
                "The folder of a run: its network, its best weights, its classes and its size. Without it, --model and --weights say which.",
            HelpName = "folder",
        };

    /// <summary>The network's name, or that of a variable.</summary>
    public Option<string> Model { get; } = CommonOptions.Model(looks: true);

    /// <summary>What is switched in it.</summary>
    public Option<string[]> Switches { get; } = SwitchOption.Create();

    /// <summary>A file of weights, or published ones.</summary>
    public Option<string?> Weights { get; } = MakeWeights();

    /// <summary>The run that was named; null where none was.</summary>
    /// <exception cref="CommandException">It has no weights yet, or something else names a network too.</exception>
    /// <exception cref="TResNetException">There is no run.</exception>
    public TrainingRun? ReadRun(ParseResult parsed)
    {
        if (parsed.GetValue(Run) is not { } path)
        {
            return null;
        }

        var run = RunFolder.Read(path);
        if (new Option[] { Model, Switches, Weights }.FirstOrDefault(parsed.IsGiven) is { } other)
        {
            throw new CommandException(
                $"--run {path} brings its network ({run.Model}) and its weights, so {other.Name} has no place beside it: leave out one of the two."
            );
        }

        return run.BestCheckpoint is not null
            ? run
            : throw new CommandException(
                $"The run in {path} has no epoch behind it, and so no weights: go on with train --run {path} --resume."
            );
    }

    /// <summary>The weights that were named, or those of the run; null where neither was.</summary>
    /// <exception cref="TResNetException">There are none of the name, or they are broken.</exception>
    public NamedWeights? ReadWeights(
        INotebook notebook,
        ParseResult parsed,
        TrainingRun? run,
        CancellationToken cancel
    ) => NamedWeights.Find(notebook, run?.BestCheckpoint ?? parsed.GetValue(Weights), cancel);

    /// <summary>The network: that of the run with its best weights, or the one that was named with the weights that it has by now.</summary>
    /// <param name="notebook">Holds the variables.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">What <see cref="ReadRun"/> gave.</param>
    /// <param name="weights">What <see cref="ReadWeights"/> gave.</param>
    /// <param name="numClasses">Classes of a new network that no run describes; null for those of the weights.</param>
    /// <param name="inChans">Channels that such a network takes; null for those of the weights.</param>
    /// <returns>The network, and whether it is new: then it is the caller's to dispose.</returns>
    public (Network Network, bool IsNew) Resolve(
        INotebook notebook,
        ParseResult parsed,
        TrainingRun? run,
        NamedWeights? weights,
        int? numClasses,
        int? inChans
    )
    {
        if (run is null)
        {
            return CommonOptions.Resolve(
                notebook,
                NetworkName.Of(notebook, parsed, Model, weights, looks: weights is null),
                parsed.GetRequiredValue(Switches),
                numClasses ?? weights?.Says.NumClasses,
                inChans ?? weights?.Says.Data.Channels,
                seed: 42
            );
        }

        return (Best(run), true);
    }

    /// <summary>The network of a run with its best weights; the caller's to dispose.</summary>
    /// <param name="run">A run that keeps such weights.</param>
    public static Network Best(TrainingRun run)
    {
        var network = CommonOptions.New(SwitchOption.Describe(run.Model, []), run.Classes.Count, run.InputShape[0]);
        network.DataConfig = network.DataConfig with
        {
            InputSize = run.InputShape[1],
            AsTheyAre = run.Augmentations is null,
        };
        network.Classes = run.Classes;
        Checkpoint.Load(network, run.BestCheckpoint!);
        network.MultiLabel = run.MultiLabel;
        return network;
    }

    /// <summary>Loads the weights that were named, and shows what was loaded; does nothing where none were.</summary>
    /// <returns>What was loaded; null for nothing.</returns>
    /// <exception cref="CommandException">A switch contradicts what the file says of its labels.</exception>
    public LoadedCheckpoint? Load(
        INotebook notebook,
        ParseResult parsed,
        Network network,
        NamedWeights? weights,
        bool resetClassifier
    )
    {
        var loaded = StartingWeights.Load(notebook, network, weights, resetClassifier);
        if (loaded is { MultiLabel: true } && DenialOfSeveralLabels(parsed) is { } denial)
        {
            throw new CommandException(
                $"{denial} contradicts {loaded.Path}, which says that an image may have several labels: leave the switch out."
            );
        }

        return loaded;
    }

    private string? DenialOfSeveralLabels(ParseResult parsed) =>
        parsed
            .GetRequiredValue(Switches)
            .Concat(parsed.GetRequiredValue(Model).Split('+').Skip(1))
            .Select(word => word.Trim())
            .FirstOrDefault(word =>
                word.Replace('_', '-').StartsWith("multi-label=", StringComparison.OrdinalIgnoreCase)
                && !SwitchOption.Describe(NetworkName.Default, [word]).MultiLabel
            );

    private static Option<string?> MakeWeights()
    {
        var weights = StartingWeights.Option();
        weights.Description =
            "Trained weights: a .safetensors, .pth, .pt or .onnx file, or a name that the weights command lists, which is downloaded once. What it says of "
            + "network, classes and images is taken from there.";
        return weights;
    }
}
