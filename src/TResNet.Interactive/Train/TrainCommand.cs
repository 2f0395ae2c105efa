using System.CommandLine;
using Notebook;
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
        var setup = new TrainingSetup(notebook);
        var kept = new RunFolderOptions();
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
        setup.AddTo(command, [tune, output, variable, modelVariable]);
        foreach (var option in kept.All)
        {
            command.Add(option);
        }

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var file = parsed.GetValue(output);
                RequireWritable(file);
                var from = setup.Weights(parsed, cancel);
                var folder = kept.Read(parsed, setup.Notes(parsed, from));
                var before = folder is { Resumes: true } ? folder.Describe() : null;
                var (network, train, validation, test, options) = setup.Prepare(parsed, before, from);
                if (parsed.GetValue(tune))
                {
                    ThresholdOption.Require(train.IsMultiLabel, keeps: folder is not null);
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
                live.Finish(run, isSaved: file is not null, RunAdvice.Of(run, validation));
                TrainingData.ShowSkipped(notebook, train, validation);
                if (!run.Interrupted && (test is not null || parsed.GetValue(tune)))
                {
                    using var best = run.BestCheckpoint is null ? null : TrainedNetwork.Best(run);
                    if (best is not null)
                    {
                        DeviceOption.Place(best, setup.Device(parsed));
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
