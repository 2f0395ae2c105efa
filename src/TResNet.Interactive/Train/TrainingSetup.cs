using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Data.Loading;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>What a training takes.</summary>
/// <param name="Network">The network, on its device, with the weights that it starts from.</param>
/// <param name="Train">The images to train on, as the network takes them.</param>
/// <param name="Validation">The images to evaluate on.</param>
/// <param name="Options">The recipe.</param>
internal sealed record TrainingParts(
    Network Network,
    ImageDataset Train,
    ImageDataset Validation,
    TrainingOptions Options
);

/// <summary>The network, the images and the recipe of a command that trains, and what becomes of them before the first step.</summary>
internal sealed class TrainingSetup(INotebook notebook)
{
    private readonly Option<string> model = CommonOptions.Model("tresnet_nano");
    private readonly Option<string[]> switches = SwitchOption.Create();
    private readonly DataOptions data = new();
    private readonly AugmentationOptions augmentation = new();
    private readonly RecipeOptions recipe = new(notebook);
    private readonly ImbalanceOptions imbalance = new();
    private readonly Option<int?> size = CommonOptions.InputSize();
    private readonly Option<int> channels = CommonOptions.Make(
        "--in-chans",
        "Channels that a new network takes; grey images are repeated over them.",
        3,
        "number"
    );
    private readonly Option<string> device = DeviceOption.Create();
    private readonly Option<string?> weights = StartingWeights.Option();

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="own">Its own options, which stand after those of the network.</param>
    /// <param name="isWhole">Whether it trains for epochs; else what a training of few steps has no use for is left out.</param>
    public void AddTo(Command command, IReadOnlyList<Option> own, bool isWhole = true)
    {
        Option[] first =
        [
            model,
            switches,
            data.Images,
            data.Validation,
            data.Order,
            data.Map,
            size,
            channels,
            device,
            weights,
            .. own,
        ];
        foreach (var option in first)
        {
            command.Add(option);
        }

        augmentation.AddTo(command, notebook);
        foreach (var option in (isWhole ? recipe.All : recipe.OfSteps).Concat(imbalance.All))
        {
            command.Add(option);
        }

        recipe.AddOldNames(command, notebook);
    }

    /// <summary>Where the images are, for a run that is to go on later.</summary>
    public IReadOnlyDictionary<string, string> Notes(ParseResult parsed) => data.Notes(parsed);

    /// <summary>Opens and builds what was asked for, and shows what is to be said of it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="before">The run that goes on; null for a new one.</param>
    /// <param name="cancel">Ends a download.</param>
    public TrainingParts Prepare(ParseResult parsed, TrainingRun? before, CancellationToken cancel)
    {
        var named = recipe.Named(parsed)?.On(DeviceOption.Find(parsed.GetRequiredValue(device)).type);
        var changes = augmentation.Read(parsed, named?.Augmentations ?? before?.Augmentations);
        var images = DataOptions.Open(data.Notes(parsed, before?.Notes));
        images.ShowRemarks(notebook);
        var options = recipe.Read(
            parsed,
            named?.Options ?? before?.Options ?? new TrainingOptions(),
            images.IsMultiLabel,
            Say
        );

        // A run's network is named as it was switched, and is described by that name: tresnet_m + attention=eca.
        var asks = before is null || parsed.IsGiven(model);
        var (network, isNew) = CommonOptions.Resolve(
            notebook,
            asks ? parsed.GetRequiredValue(model) : before!.Model,
            asks ? parsed.GetRequiredValue(switches) : [],
            images.Classes.Count,
            before is null || parsed.IsGiven(channels) ? parsed.GetValue(channels) : before.InputShape[0],
            options.Seed
        );
        var side = CommonOptions.SizeFor(network, parsed.GetValue(size) ?? before?.InputShape[1]);
        var isFresh = isNew && before is null && parsed.GetValue(weights) is null;
        if (named is { StartsFromWeights: true } && isFresh)
        {
            throw new CommandException(
                $"Recipe {named.Name} goes on from weights: name some with --weights, a file or what the weights command lists, or take recipe fast for fresh ones."
            );
        }

        StartingWeights.Load(notebook, network, parsed.GetValue(weights), cancel);
        if (options.Freeze is not null && isFresh)
        {
            Say("What is frozen has fresh weights, which know nothing: name some with --weights.");
        }

        DeviceOption.Place(network, parsed.GetRequiredValue(device));
        var (train, validation) = images.FitTo(network, side, options.Seed, changes);
        options = imbalance.Read(parsed, options, train);
        if (named is not null)
        {
            notebook.Display(RecipeViews.Of(named, options, changes));
        }

        return new TrainingParts(network, train, validation, options);
    }

    private void Say(string sentence) => notebook.Display(new View { Parts = [sentence] });
}
