using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Interactive.Commands;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Train;

/// <summary>A network that teaches.</summary>
/// <param name="Network">The network.</param>
/// <param name="Name">What it was named by.</param>
/// <param name="IsNew">Whether it was loaded for this training alone, which then disposes it.</param>
internal sealed record TeacherNetwork(Network Network, string Name, bool IsNew) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsNew)
        {
            Network.Dispose();
        }
    }
}

/// <summary>The options of distillation: who teaches, and how that counts.</summary>
internal sealed class TeacherOptions
{
    private const string Note = "teacher";
    private const string Kl = "kl";
    private const string Hard = "hard";
    private static readonly TrainingOptions Defaults = new();

    private readonly Option<string?> teacher = new("--teacher", "--kd-model-name")
    {
        Description =
            "Learns beside the labels what a trained network for the same classes says of the same images (knowledge distillation): the folder of a run, a file of weights that says what it is, a name that the weights command lists, or a notebook variable.",
        HelpName = "folder, file or name",
    };
    private readonly Option<string> kind = CommonOptions.Make(
        "--kd-loss-type",
        "What of the teacher's answer is learned: all of it, by the Kullback-Leibler divergence (kl), or the class that it thinks likeliest (hard).",
        Kl,
        "kind"
    );
    private readonly Option<double> temperature = CommonOptions.Make(
        "--kd-temperature",
        "What both answers are divided by before they are compared; higher ones show more of the classes that the teacher thinks unlikely.",
        Defaults.KdTemperature,
        "number"
    );
    private readonly Option<double?> distillWeight = new("--distill-loss-weight")
    {
        Description = "What the teacher's loss is multiplied by. Default: 1, or what --task-loss-weight leaves of 1.",
        HelpName = "factor",
    };
    private readonly Option<double?> taskWeight = new("--task-loss-weight")
    {
        Description = "What the labels' loss is multiplied by beside a teacher's. Default: 1.",
        HelpName = "factor",
    };

    public TeacherOptions() => kind.AcceptOnlyFromAmong(Kl, Hard);

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [teacher, kind, temperature, distillWeight, taskWeight];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    /// <param name="notes">What the run notes of its teacher.</param>
    /// <exception cref="CommandException">An option has no bearing.</exception>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others, IReadOnlyDictionary<string, string> notes)
    {
        if (!notes.ContainsKey(Note) && All.Skip(1).FirstOrDefault(parsed.IsGiven) is { } given)
        {
            throw new CommandException(
                $"{given.Name} is for a training with a teacher: name one with {teacher.Name}, or leave it out."
            );
        }

        var isHard = parsed.IsGiven(kind) ? parsed.GetValue(kind) == Hard : others.HardDistillation;
        if (isHard && parsed.IsGiven(temperature))
        {
            throw new CommandException(
                $"{temperature.Name} means nothing to {kind.Name} {Hard}, which takes the teacher's likeliest class: leave it out, or take {kind.Name} {Kl}."
            );
        }

        // The two weights belong together: one that is said anew says what the other is.
        var (ofTeacher, ofTask) = (parsed.GetValue(distillWeight), parsed.GetValue(taskWeight));
        return others with
        {
            HardDistillation = isHard,
            KdTemperature = isHard ? Defaults.KdTemperature : parsed.ValueOr(temperature, others.KdTemperature),
            DistillLossWeight = ofTeacher ?? others.DistillLossWeight,
            TaskLossWeight = ofTask ?? others.TaskLossWeight,
        };
    }

    /// <summary>Adds to a run's notes where its teacher is, to be found again from any folder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="before">What was noted earlier, which holds where the command line is silent; null for nothing.</param>
    /// <param name="notes">The notes.</param>
    public void AddTo(ParseResult parsed, IReadOnlyDictionary<string, string>? before, Dictionary<string, string> notes)
    {
        notes.Remove(Note);
        if (parsed.GetValue(teacher) is { } named)
        {
            notes[Note] = File.Exists(named) || Directory.Exists(named) ? Path.GetFullPath(named) : named;
        }
        else if (before?.GetValueOrDefault(Note) is { } noted)
        {
            notes[Note] = noted;
        }
    }

    /// <summary>The teacher, with its weights.</summary>
    /// <param name="notebook">Holds the variables, and shows how far a download is.</param>
    /// <param name="notes">What the run notes of it.</param>
    /// <param name="goesOn">Whether a run goes on that had it before.</param>
    /// <param name="cancel">Stops a download.</param>
    /// <returns>Null where nobody teaches.</returns>
    /// <exception cref="TResNetException">There is no such network, or it does not say what it is.</exception>
    public TeacherNetwork? Find(
        INotebook notebook,
        IReadOnlyDictionary<string, string> notes,
        bool goesOn,
        CancellationToken cancel
    )
    {
        if (!notes.TryGetValue(Note, out var name))
        {
            return null;
        }

        if (CommonOptions.Variable(notebook, name, []) is { } network)
        {
            return new TeacherNetwork(network, name, IsNew: false);
        }

        if (Directory.Exists(name))
        {
            return new TeacherNetwork(OfRun(name), name, IsNew: true);
        }

        if (!File.Exists(name) && goesOn && (Path.IsPathRooted(name) || !IsPublished(name)))
        {
            throw new CommandException(
                $"The run has a teacher, {name}, which is not there any more: put it back, or say with {teacher.Name} where it is by now."
            );
        }

        var weights = NamedWeights.Find(notebook, name, cancel)!;
        return new TeacherNetwork(OfFile(weights, name), name, IsNew: true);
    }

    /// <summary>What is to be said of a teacher before the first step: who it is, and how the loss is made up.</summary>
    /// <param name="found">The teacher.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="isMultiLabel">Whether an image may have several labels.</param>
    public static string Line(TeacherNetwork found, TrainingOptions options, bool isMultiLabel)
    {
        var data = found.Network.DataConfig;
        return FormattableString.Invariant(
            $"The teacher is {found.Network.Info.Name} ({Path.GetFileName(Path.TrimEndingDirectorySeparator(found.Name))}), which sees the images at {data.InputSize} x {data.InputSize} pixels. The training loss is {DistillationText.Of(options, isMultiLabel)}."
        );
    }

    private static bool IsPublished(string name) => TResNet.Weights.Published.PublishedWeights.Find(name) is not null;

    private Network OfRun(string folder)
    {
        if (RunFolder.Find(folder, levels: 1).All(found => found.Path != folder))
        {
            throw new CommandException(
                $"{teacher.Name} {folder} is a folder without a run in it, which has state-*.safetensors: name that of a run, or a file of weights."
            );
        }

        var run = RunFolder.Resume(folder).Describe();
        return run.BestCheckpoint is not null
            ? TrainedNetwork.Best(run)
            : throw new CommandException(
                $"{teacher.Name} {folder} is a run without an epoch behind it, and so without weights: go on with train --run {folder} --resume first."
            );
    }

    private Network OfFile(NamedWeights weights, string name)
    {
        if (weights.Says is not { Architecture: { } architecture, NumClasses: > 0 and { } classes })
        {
            throw new CommandException(
                $"{teacher.Name} {name} does not say which network it is of: write that into a copy with convert-weights --model, or build it with --weights in a notebook and name the variable."
            );
        }

        NetworkName.Require(weights.Path, architecture);
        var network = CommonOptions.New(
            SwitchOption.Describe(architecture, []),
            classes,
            weights.Says.Data.Channels ?? 3
        );
        try
        {
            Checkpoint.Load(network, weights.Path);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
