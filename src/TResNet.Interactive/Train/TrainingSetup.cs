using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>What a training takes.</summary>
/// <param name="Network">The network, on its device, with the weights that it starts from.</param>
/// <param name="Train">The images to train on, as the network takes them.</param>
/// <param name="Validation">The images to evaluate on.</param>
/// <param name="Test">The images for the end; null where there are none.</param>
/// <param name="Options">The recipe.</param>
internal sealed record TrainingParts(
    Network Network,
    ImageDataset Train,
    ImageDataset Validation,
    ImageDataset? Test,
    TrainingOptions Options
)
{
    /// <summary>Who teaches; null for nobody.</summary>
    public TeacherNetwork? Teacher { get; init; }
}

/// <summary>The network, the images and the recipe of a command that trains, and what becomes of them before the first step.</summary>
internal sealed class TrainingSetup(INotebook notebook)
{
    private readonly Option<string> model = CommonOptions.Model();
    private readonly Option<string[]> switches = SwitchOption.Create();
    private readonly DataOptions data = new();
    private readonly AugmentationOptions augmentation = new();
    private readonly CropOptions crop = new("Images to test on");
    private readonly RecipeOptions recipe = new(notebook);
    private readonly ImbalanceOptions imbalance = new();
    private readonly TeacherOptions teacher = new();
    private readonly Option<int?> size = CommonOptions.InputSize();
    private readonly Option<int> channels = CommonOptions.Make(
        "--in-chans",
        "Channels that a new network takes; grey images are repeated over them.",
        3,
        "number"
    );
    private readonly NormalizeOptions normalize = new();
    private readonly Option<string> device = DeviceOption.Create();
    private readonly Option<string?> weights = StartingWeights.Option();
    private bool isWhole;
    private string suggest = "";

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="own">Its own options, which stand after those of the network.</param>
    /// <param name="isWhole">Whether it trains for epochs; else what a training of few steps has no use for is left out.</param>
    public void AddTo(Command command, IReadOnlyList<Option> own, bool isWhole = true)
    {
        OptionGroups.Put("Network", model, switches, channels, device, weights);
        Option[] images = [data.Images, data.Validation, data.Test, data.Order, data.Map, size];
        OptionGroups.Put("Images", [.. images, normalize.Mean, normalize.Std, .. crop.All]);
        OptionGroups.Put("Small data", imbalance.All);
        OptionGroups.Put("Distillation", teacher.All);
        Option[] first =
        [
            model,
            switches,
            data.Images,
            data.Validation,
            .. isWhole ? (Option[])[data.Test] : [],
            data.Order,
            data.Map,
            size,
            channels,
            normalize.Mean,
            normalize.Std,
            device,
            weights,
            .. own,
        ];
        foreach (var option in first)
        {
            command.Add(option);
        }

        augmentation.AddTo(command, notebook);
        foreach (
            var option in (isWhole ? crop.All.Concat(recipe.All) : recipe.OfSteps)
                .Concat(imbalance.All)
                .Concat(teacher.All)
        )
        {
            command.Add(option);
        }

        recipe.AddOldNames(command, notebook);
        this.isWhole = isWhole;
        suggest = SuggestCommand.Beside(command.Name);
    }

    /// <summary>Where it computes, as it was asked for.</summary>
    public string Device(ParseResult parsed) => parsed.GetRequiredValue(device);

    /// <summary>The seed that was asked for; null where the command line is silent.</summary>
    public long? Seed(ParseResult parsed) => recipe.Seed(parsed);

    /// <summary>Whether classes are to be weighed.</summary>
    public bool WeighsClasses(ParseResult parsed) => imbalance.Weighs(parsed);

    /// <summary>The images to test on that were named; null for none.</summary>
    public string? ValidationImages(ParseResult parsed) => parsed.GetValue(data.Validation);

    /// <summary>The variable that holds the network that was named; null where it was named otherwise.</summary>
    public string? Variable(INotebook notebook, ParseResult parsed) =>
        parsed.GetRequiredValue(model) is var name && CommonOptions.Variable(notebook, name, []) is not null
            ? name
            : null;

    /// <summary>The weights that were named; null for none.</summary>
    /// <exception cref="TResNetException">There are none of the name, or they are broken.</exception>
    public NamedWeights? Weights(ParseResult parsed, CancellationToken cancel) =>
        NamedWeights.Find(notebook, parsed.GetValue(weights), cancel);

    /// <summary>Where images and weights are from, for a run that is to go on later.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="from">What <see cref="Weights"/> gave.</param>
    /// <param name="part">Which of several runs it is; null for one alone.</param>
    /// <param name="other">Another of them, which says what the command line does not; null for none.</param>
    public IReadOnlyDictionary<string, string> Notes(
        ParseResult parsed,
        NamedWeights? from,
        RunPart? part,
        TrainingRun? other
    )
    {
        var notes = NotesOf(parsed, other, part);
        if (from is not null)
        {
            notes[WeightProvenance.Source] = Path.GetFileName(from.Path);
        }

        return notes;
    }

    /// <summary>Opens and builds what was asked for, and shows what is to be said of it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="before">The run that goes on; null for a new one.</param>
    /// <param name="from">What <see cref="Weights"/> gave.</param>
    /// <param name="part">Which of several runs it is; null for one alone.</param>
    /// <param name="cancel">Stops a download.</param>
    public TrainingParts Prepare(
        ParseResult parsed,
        TrainingRun? before,
        NamedWeights? from,
        RunPart? part = null,
        CancellationToken cancel = default
    )
    {
        var named = recipe.Named(parsed)?.On(DeviceOption.Find(parsed.GetRequiredValue(device)).type);
        var changes = augmentation.Read(parsed, named?.Augmentations ?? before?.Augmentations);
        var notes = NotesOf(parsed, before, part);
        var images = DataOptions.Open(notes);
        images.ShowRemarks(notebook);
        SayOf(images.FoldRemark());
        augmentation.RequireUse(parsed, images);
        var options = recipe.Read(
            parsed,
            named?.Options ?? before?.Options ?? new TrainingOptions(),
            images.IsMultiLabel,
            Say
        );
        options = teacher.Read(parsed, options with { Seed = part?.Seed ?? options.Seed }, notes).Validate();

        if (options.SyncBn && before is null && !ProcessGroup.Current.IsShared)
        {
            throw new CommandException(
                "--sync-bn shares statistics among processes, and this is a single one: leave it out, or start several, as in tresnet launch --nproc 2 -- train --sync-bn."
            );
        }

        var plan = new StepPlan(images.TrainCount, options.BatchSize, options.GradAccumSteps);
        if (before is null)
        {
            (options, plan) = recipe.FitBatches(parsed, options, plan, Say);
        }

        // A run's network is named as it was switched, and is described by that name: tresnet_m + attention=eca.
        var asks = before is null || parsed.IsGiven(model);
        var (network, isNew) = CommonOptions.Resolve(
            notebook,
            asks ? NetworkName.Of(notebook, parsed, model, from, looks: false) : before!.Model,
            asks ? parsed.GetRequiredValue(switches) : [],
            images.Classes.Count,
            parsed.ValueOr(channels, before?.InputShape[0] ?? from?.Says.Data.Channels ?? parsed.GetValue(channels)),
            options.Seed
        );
        var isFresh = isNew && before is null && from is null;
        if (named is { StartsFromWeights: true } && isFresh)
        {
            throw new CommandException(
                $"Recipe {named.Name} goes on from weights: name some with --weights, a file or what the weights command lists, or take recipe fast for fresh ones."
            );
        }

        StartingWeights.Load(notebook, network, from);
        from?.Show(notebook, CommonOptions.Given(parsed, [model, switches, size, channels, .. normalize.All]));
        if (options.Freeze is not null && isFresh)
        {
            Say("What is frozen has fresh weights, which know nothing: name some with --weights.");
        }

        DeviceOption.Place(network, parsed.GetRequiredValue(device));
        var config = ImagesOf(parsed, network, images, changes, named, before);
        var (train, validation) = images.FitTo(network, config, options.Seed, changes);
        var test = images.TestFor(network, config, changes is not null);
        test?.RequireImages();
        options = imbalance.Read(parsed, options, train);
        if (named is not null)
        {
            notebook.Display(RecipeViews.Of(named, options, changes, config.InputSize, config.CropMode));
        }

        if (before is null)
        {
            images.ShowSummary(notebook, train, config.Normalize);
            SayOf(plan.LeftText());
            SayOf(isWhole ? plan.TooFewText(options.TotalEpochs, isFresh, suggest) : null);
        }

        var found = teacher.Find(notebook, notes, goesOn: before is not null, cancel);
        if (found is not null)
        {
            DeviceOption.Place(found.Network, parsed.GetRequiredValue(device));
            Say(TeacherOptions.Line(found, options, images.IsMultiLabel));
        }

        return new TrainingParts(network, train, validation, test, options) { Teacher = found };
    }

    /// <summary>How images are prepared: as the run did, or as was asked for, or the recipe says, or the network was published with.</summary>
    private DataConfig ImagesOf(
        ParseResult parsed,
        Network network,
        TrainingData images,
        Augmentations? changes,
        Recipe? named,
        TrainingRun? before
    )
    {
        var own = network.DataConfig;
        var config =
            before?.Evaluation?.On(own)
            ?? own with
            {
                CropMode = named is { CropMode: not CropMode.Center } ? named.CropMode : own.CropMode,
                CropPct = named?.CropPct ?? own.CropPct,
                Interpolation = named?.Interpolation ?? own.Interpolation,
                // Weights for photographs say nothing of other images.
                IsCropMeant = named?.CropPct is not null,
            };
        if (before is not null)
        {
            crop.RequireSame(parsed, config);
        }
        else if (crop.AreGiven(parsed))
        {
            images.RequireChanged(changes);
        }

        return crop.Read(parsed, config) with
        {
            InputSize = CommonOptions.SizeFor(
                network,
                parsed.GetValue(size) ?? before?.InputShape[1] ?? named?.InputSize
            ),
            Normalize = normalize.Read(parsed, config.Normalize),
            // Grey images as they are would be scaled by nothing.
            AsTheyAre = normalize.AreGiven(parsed) ? false : config.AsTheyAre,
        };
    }

    private Dictionary<string, string> NotesOf(ParseResult parsed, TrainingRun? before, RunPart? part)
    {
        var notes = new Dictionary<string, string>(data.Notes(parsed, before?.Notes));
        teacher.AddTo(parsed, before?.Notes, notes);
        foreach (var (name, value) in part is null ? [] : part.Notes.AsEnumerable())
        {
            notes[name] = value;
        }

        return notes;
    }

    private void SayOf(string? sentence)
    {
        if (sentence is not null)
        {
            Say(sentence);
        }
    }

    private void Say(string sentence) => notebook.Display(new View { Parts = [sentence] });
}
