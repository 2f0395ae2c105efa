using System.CommandLine;
using Notebook;
using TResNet.Checkpoints;
using TResNet.Interactive.Formatting;
using TResNet.Training;

namespace TResNet.Interactive.Commands;

/// <summary>Trains a network on images, with a chart that moves while it does.</summary>
internal static class TrainCommand
{
    public static Command Create(INotebook notebook, string name, TimeProvider? clock = null)
    {
        var defaults = new TrainingOptions();
        var model = CommonOptions.Model("tresnet_nano");
        var switches = SwitchOption.Create();
        var data = new DataOptions();
        var epochs = CommonOptions.Make("--epochs", "Passes over the training images.", defaults.Epochs, "number");
        var batch = CommonOptions.Make("--batch-size", "Images in a step; at least 2.", defaults.BatchSize, "number");
        var rate = CommonOptions.Make(
            "--lr",
            "The highest learning rate of the one-cycle schedule.",
            defaults.LearningRate,
            "rate"
        );
        var momentum = CommonOptions.Make("--momentum", "Nesterov momentum.", defaults.Momentum, "share");
        var decay = CommonOptions.Make(
            "--weight-decay",
            "Decay of weights; norms and biases have none.",
            defaults.WeightDecay,
            "rate"
        );
        var smoothing = CommonOptions.Make(
            "--label-smoothing",
            "The share of the target given to all classes alike.",
            defaults.LabelSmoothing,
            "share"
        );
        var flip = new Option<bool>("--flip") { Description = "Mirrors half of the training images at random." };
        var shift = CommonOptions.Make(
            "--shift",
            "How far training images are shifted at random, in pixels each way.",
            defaults.Shift,
            "pixels"
        );
        var size = CommonOptions.InputSize();
        var channels = CommonOptions.Make(
            "--in-chans",
            "Channels that a new network takes; grey images are repeated over them.",
            3,
            "number"
        );
        var weights = StartingWeights.Option();
        var seed = CommonOptions.Seed(defaults.Seed);
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
        var command = new Command(name, "Trains a network on labelled images and shows loss and accuracy meanwhile.")
        {
            model,
            switches,
            data.Images,
            data.HeldOut,
            epochs,
            batch,
            rate,
            momentum,
            decay,
            smoothing,
            flip,
            shift,
            size,
            channels,
            weights,
            seed,
            output,
            variable,
            modelVariable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var options = new TrainingOptions
                {
                    Epochs = parsed.GetValue(epochs),
                    BatchSize = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    Momentum = parsed.GetValue(momentum),
                    WeightDecay = parsed.GetValue(decay),
                    LabelSmoothing = parsed.GetValue(smoothing),
                    Flip = parsed.GetValue(flip),
                    Shift = parsed.GetValue(shift),
                    Seed = parsed.GetValue(seed),
                }.Validate();
                var file = parsed.GetValue(output);
                RequireWritable(file);
                var images = data.Read(parsed);
                var (network, _) = CommonOptions.Resolve(
                    notebook,
                    parsed.GetRequiredValue(model),
                    parsed.GetRequiredValue(switches),
                    images.Classes.Count,
                    parsed.GetValue(channels),
                    options.Seed
                );
                var side = CommonOptions.SizeFor(network, parsed.GetValue(size));
                StartingWeights.Load(notebook, network, parsed.GetValue(weights), cancel);
                var (train, heldOut) = images.FitTo(network, side, options.Seed);
                var live = new LiveTraining(
                    notebook,
                    network.Info.Name,
                    heldOut.Name,
                    options,
                    clock ?? TimeProvider.System
                );
                notebook.SetVariable(parsed.GetRequiredValue(modelVariable), network);
                var run = new Trainer(network, train, heldOut, options).Fit(live, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), run);
                live.Finish(run);
                TrainingData.ShowSkipped(notebook, train, heldOut);
                if (file is not null)
                {
                    Checkpoint.Save(network, file.FullName);
                    notebook.Display(new View { Parts = [$"Weights saved to {file}."] });
                }
            }
        );
        return command;
    }

    /// <summary>Refuses a checkpoint that could not be written before the time of a training is spent.</summary>
    private static void RequireWritable(FileInfo? file)
    {
        if (file?.Directory is { Exists: false } folder)
        {
            throw new CommandException(
                $"The folder {folder.FullName} for --output does not exist; create it or choose another."
            );
        }

        if (file is not null && Directory.Exists(file.FullName))
        {
            throw new CommandException(
                $"--output {file} is a folder; name a file in it, such as {Path.Combine(file.ToString(), "model.safetensors")}."
            );
        }

        if (file is not null && file.Extension is not (".safetensors" or ".pth" or ".pt"))
        {
            throw new CommandException(
                $"--output {file} says no format; end it in .safetensors, or in .pth for PyTorch."
            );
        }
    }
}
