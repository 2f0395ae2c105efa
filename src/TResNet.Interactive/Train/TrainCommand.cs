using System.CommandLine;
using Notebook;
using TResNet.Compute.Distributed;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Validate;
using TResNet.Weights;

namespace TResNet.Interactive.Train;

/// <summary>Trains a network on images, with a chart that moves while it does.</summary>
internal static class TrainCommand
{
    public static Command Create(INotebook notebook, string commandName, TimeProvider? clock = null)
    {
        var setup = new TrainingSetup(notebook);
        var kept = new RunFolderOptions();
        var repeats = new RepeatOptions();
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
        );
        OptionGroups.Put("Run", tune, output);
        setup.AddTo(command, [variable, modelVariable]);
        foreach (var option in kept.All.Concat(repeats.All).Concat([tune, output]))
        {
            command.Add(option);
        }

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var file = parsed.GetValue(output);
                RequireWritable(file);
                var from = setup.Weights(parsed, cancel);
                var all = repeats.Read(notebook, parsed, setup, kept);
                var (runName, modelName) = (parsed.GetRequiredValue(variable), parsed.GetRequiredValue(modelVariable));
                var asked = new TrainingRequest(
                    runName,
                    all is null ? modelName : null,
                    parsed.GetValue(tune),
                    IsSaved: file is not null
                );
                var training = new OneTraining(notebook, parsed, setup, kept, clock ?? TimeProvider.System, asked);
                var (run, parts) = all is null
                    ? training.Run(from, part: null, cancel)
                    : new SeveralTrainings(notebook, training, asked).Run(from, all, kept.Path(parsed), cancel);
                ProcessGroup.Current.End();
                if (!ProcessGroup.Current.IsFirst)
                {
                    return;
                }

                notebook.SetVariable(modelName, parts.Network);
                notebook.SetVariable(runName, run);
                training.Measure(run, parts, cancel);
                if (file is not null)
                {
                    Checkpoint.Save(parts.Network, file.FullName);
                    notebook.Display(new View { Parts = [$"Weights saved to {file}."] });
                }
            }
        );
        return command;
    }

    /// <summary>Refuses a checkpoint that could not be written before the time of a training is spent.</summary>
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
