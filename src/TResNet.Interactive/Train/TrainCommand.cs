using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Validate;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Train;

/// <summary>Trains a network on images, with a chart that moves while it does.</summary>
internal static class TrainCommand
{
    public static Command Create(INotebook notebook, string commandName, TimeProvider? clock = null)
    {
        var model = CommonOptions.Model();
        var switches = SwitchOption.Create();
        var data = new DataOptions();
        var augmentation = new AugmentationOptions();
        var crop = new CropOptions("Images to test on");
        var recipe = new RecipeOptions(notebook);
        var kept = new RunFolderOptions();
        var size = CommonOptions.InputSize();
        var channels = CommonOptions.Make(
            "--in-chans",
            "Channels that a new network takes; grey images are repeated over them.",
            3,
            "number"
        );
        var normalize = new NormalizeOptions();
        var device = DeviceOption.Create();
        var weights = StartingWeights.Option();
        var tune = ThresholdOption.Create(" after the last epoch");
        var output = new Option<FileInfo?>("--output")
        {
            Description = "Saves the trained weights, also after an interrupt: .safetensors, or .pth for PyTorch.",
            HelpName = "file",
        };
        var variable = CommonOptions.Name(
            "--name",
            "The variable that gets the run: losses, accuracies, options.",
            "run"
        );
        var modelVariable = CommonOptions.Name("--model-name", "The variable that gets the trained network.", "model");
        var command = new Command(
            commandName,
            "Trains a network on labelled images and shows loss and accuracy meanwhile."
        )
        {
            model,
            switches,
            data.Images,
            data.Validation,
            data.Test,
            data.Order,
            data.Map,
            size,
            channels,
            normalize.Mean,
            normalize.Std,
            device,
            weights,
            tune,
            output,
            variable,
            modelVariable,
        };
        augmentation.AddTo(command, notebook);
        foreach (var option in crop.All.Concat(recipe.All).Concat(kept.All))
        {
            command.Add(option);
        }

        recipe.AddOldNames(command, notebook);
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var file = parsed.GetValue(output);
                RequireWritable(file);
                var named = recipe.Named(parsed)?.On(DeviceOption.Find(parsed.GetRequiredValue(device)).type);
                var from = NamedWeights.Find(notebook, parsed.GetValue(weights), cancel);
                var folder = kept.Read(parsed, Notes(data.Notes(parsed), from));
                var before = folder is { Resumes: true } ? folder.Describe() : null;
                var changes = augmentation.Read(parsed, named?.Augmentations ?? before?.Augmentations);
                var images = DataOptions.Open(data.Notes(parsed, before?.Notes));
                images.ShowRemarks(notebook);
                augmentation.RequireUse(parsed, images);
                if (parsed.GetValue(tune))
                {
                    ThresholdOption.Require(images.IsMultiLabel, keeps: folder is not null);
                }

                var options = recipe.Read(
                    parsed,
                    named?.Options ?? before?.Options ?? new TrainingOptions(),
                    images.IsMultiLabel,
                    remark => notebook.Display(new View { Parts = [remark] })
                );

                // A run's network is named as it was switched, and is described by that name: tresnet_m + attention=eca.
                var asks = before is null || parsed.IsGiven(model);
                var (network, isNew) = CommonOptions.Resolve(
                    notebook,
                    asks ? NetworkName.Of(notebook, parsed, model, from, looks: false) : before!.Model,
                    asks ? parsed.GetRequiredValue(switches) : [],
                    images.Classes.Count,
                    parsed.ValueOr(
                        channels,
                        before?.InputShape[0] ?? from?.Says.Data.Channels ?? parsed.GetValue(channels)
                    ),
                    options.Seed
                );
                if (named is { StartsFromWeights: true } && isNew && before is null && parsed.GetValue(weights) is null)
                {
                    throw new CommandException(
                        $"Recipe {named.Name} goes on from weights: name some with --weights, a file or what the weights command lists, or take recipe fast for fresh ones."
                    );
                }

                StartingWeights.Load(notebook, network, from);
                from?.Show(notebook, CommonOptions.Given(parsed, [model, switches, size, channels, .. normalize.All]));
                var config = ImagesOf(network, named, before);
                if (before is not null)
                {
                    crop.RequireSame(parsed, config);
                }
                else if (crop.AreGiven(parsed))
                {
                    images.RequireChanged(changes);
                }

                config = crop.Read(parsed, config) with
                {
                    InputSize = CommonOptions.SizeFor(
                        network,
                        parsed.GetValue(size) ?? before?.InputShape[1] ?? named?.InputSize
                    ),
                    Normalize = normalize.Read(parsed, config.Normalize),
                    // Grey images as they are would be scaled by nothing.
                    AsTheyAre = normalize.AreGiven(parsed) ? false : config.AsTheyAre,
                };
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var (train, validation) = images.FitTo(network, config, options.Seed, changes);
                var test = images.TestFor(network, config, changes is not null);
                test?.RequireImages();
                if (named is not null)
                {
                    notebook.Display(RecipeViews.Of(named, options, changes, config.InputSize, config.CropMode));
                }

                if (before is not null && RunViews.HowItGoesOn(before, options) is { } remark)
                {
                    notebook.Display(new View { Parts = [remark] });
                }

                var live = new LiveTraining(
                    notebook,
                    network.Info.Name,
                    train.Name,
                    options,
                    clock ?? TimeProvider.System,
                    before
                );
                notebook.SetVariable(parsed.GetRequiredValue(modelVariable), network);
                var run = new Trainer(network, train, validation, options, folder) { Observers = [live] }.Fit(
                    cancel: cancel
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), run);
                live.Finish(run, isSaved: file is not null);
                TrainingData.ShowSkipped(notebook, train, validation);
                if (!run.Interrupted && (test is not null || parsed.GetValue(tune)))
                {
                    using var best = run.BestCheckpoint is null ? null : TrainedNetwork.Best(run);
                    if (best is not null)
                    {
                        DeviceOption.Place(best, parsed.GetRequiredValue(device));
                    }

                    if (parsed.GetValue(tune))
                    {
                        ThresholdOption.Tune(notebook, run, Evaluator.Evaluate(best!, validation, cancel: cancel));
                    }

                    if (test is not null)
                    {
                        var tested = Evaluator.Evaluate(
                            best ?? network,
                            test,
                            cancel: cancel,
                            keepProbabilities: run.EvalMetric.NeedsProbabilities()
                        );
                        notebook.SetVariable(parsed.GetRequiredValue(variable) + "_test", tested);
                        notebook.Display(TestViews.Of(run, tested));
                        TrainingData.ShowSkipped(notebook, test);
                    }
                }

                if (file is not null)
                {
                    Checkpoint.Save(network, file.FullName);
                    notebook.Display(new View { Parts = [$"Weights saved to {file}."] });
                }
            }
        );
        return command;
    }

    private static IReadOnlyDictionary<string, string> Notes(
        IReadOnlyDictionary<string, string> notes,
        NamedWeights? from
    ) =>
        from is null
            ? notes
            : new Dictionary<string, string>(notes) { [WeightProvenance.Source] = Path.GetFileName(from.Path) };

    /// <summary>Refuses a checkpoint that could not be written before the time of a training is spent.</summary>
    /// <summary>How images to test on are prepared where the command line is silent: as the run did, or the recipe says, or the network was published with.</summary>
    private static DataConfig ImagesOf(Network network, Recipe? named, TrainingRun? before) =>
        before?.Evaluation?.On(network.DataConfig)
        ?? network.DataConfig with
        {
            CropMode = named is { CropMode: not CropMode.Center } ? named.CropMode : network.DataConfig.CropMode,
            CropPct = named?.CropPct ?? network.DataConfig.CropPct,
            Interpolation = named?.Interpolation ?? network.DataConfig.Interpolation,
            // Weights for photographs say nothing of other images.
            IsCropMeant = named?.CropPct is not null,
        };

    private static void RequireWritable(FileInfo? file)
    {
        if (file is null)
        {
            return;
        }

        OutputFile.RequireWritable("--output", file.ToString(), "model.safetensors");
        if (file.Extension is not (".safetensors" or ".pth" or ".pt"))
        {
            throw new CommandException(
                $"--output {file} says no format; end it in .safetensors, or in .pth for PyTorch."
            );
        }
    }
}
