using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Compute.Distributed;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Validate;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>What a training is started with.</summary>
/// <param name="Variable">The variable that gets the run.</param>
/// <param name="ModelVariable">The variable that gets the network; null where somebody else sees to it.</param>
/// <param name="Tunes">Whether thresholds are tuned afterwards.</param>
/// <param name="IsSaved">Whether the weights are written to a file afterwards.</param>
internal sealed record TrainingRequest(string Variable, string? ModelVariable, bool Tunes, bool IsSaved);

/// <summary>One training, shown while it runs, and what is measured after it.</summary>
internal sealed class OneTraining(
    INotebook notebook,
    ParseResult parsed,
    TrainingSetup setup,
    RunFolderOptions kept,
    TimeProvider clock,
    TrainingRequest asked
)
{
    /// <summary>Trains.</summary>
    /// <param name="from">The weights that it starts from; null for none.</param>
    /// <param name="part">Which of several runs it is; null for one alone.</param>
    /// <param name="cancel">Honoured between two steps.</param>
    public (TrainingRun Run, TrainingParts Parts) Run(NamedWeights? from, RunPart? part, CancellationToken cancel)
    {
        var other = part is null ? null : kept.OneOfSeveral(parsed);
        var folder = kept.Read(parsed, setup.Notes(parsed, from, part, other), part?.Name);
        var before = folder is { Resumes: true } ? folder.Describe() : null;
        if (before is null && other is not null)
        {
            RequireWhatNoStateKeeps(other, from, part!);
        }

        var parts = setup.Prepare(parsed, before ?? other, from, part, cancel);
        using var teacher = parts.Teacher;
        var (network, train, validation, _, options) = parts;
        if (asked.Tunes)
        {
            ThresholdOption.Require(train.IsMultiLabel, keeps: folder is not null);
        }

        if (before is not null && RunViews.HowItGoesOn(before, options) is { } remark)
        {
            notebook.Display(new View { Parts = [remark] });
        }

        if (ProcessGroup.Current is { IsShared: true } group)
        {
            notebook.Display(new View { Parts = [ProcessText.Rule(group, options, before)] });
        }

        var live = new LiveTraining(notebook, network.Info.Name, train.Name, options, clock, before);
        if (asked.ModelVariable is { } variable)
        {
            notebook.SetVariable(variable, network);
        }

        var run = new Trainer(network, train, validation, options, folder)
        {
            Observers = [live],
            Teacher = teacher?.Network,
        }.Fit(cancel: cancel);
        live.Finish(run, asked.IsSaved, RunAdvice.Of(run, validation));
        TrainingData.ShowSkipped(notebook, train, validation);
        return (run, parts);
    }

    // A run that has not begun has no state that would hold these.
    private void RequireWhatNoStateKeeps(TrainingRun other, NamedWeights? from, RunPart part)
    {
        if (from is null && other.Notes.TryGetValue(WeightProvenance.Source, out var file))
        {
            throw new CommandException(
                $"{part.Name} has not begun and starts from the weights in {file}, as the other runs did: name them again with --weights."
            );
        }

        if (part.Fold is not null && other.Options.ClassWeights is not null && !setup.WeighsClasses(parsed))
        {
            throw new CommandException(
                $"{part.Name} has not begun, and the other runs weigh classes by their own images: say --class-weights again."
            );
        }
    }

    /// <summary>Tunes thresholds and measures the images for the end, where there are any and the run was not interrupted.</summary>
    public void Measure(TrainingRun run, TrainingParts parts, CancellationToken cancel)
    {
        var (network, _, validation, test, _) = parts;
        if (run.Interrupted || (test is null && !asked.Tunes))
        {
            return;
        }

        using var best = run.BestCheckpoint is null ? null : TrainedNetwork.Best(run);
        if (best is not null)
        {
            DeviceOption.Place(best, setup.Device(parsed));
        }

        if (asked.Tunes)
        {
            ThresholdOption.Tune(notebook, run, best!, Evaluator.Evaluate(best!, validation, cancel: cancel));
            // A run that stops early ends with its best weights, any other with those of its last epoch.
            if (run.Options.EarlyStopPatience is not null || run.Best!.Epoch == run.Epochs[^1].Epoch)
            {
                network.Thresholds = best!.Thresholds;
            }
        }

        if (test is not null)
        {
            Test(run, best ?? network, test, cancel);
        }
    }

    private void Test(
        TrainingRun run,
        Network network,
        TResNet.Data.Loading.ImageDataset test,
        CancellationToken cancel
    )
    {
        var tested = Evaluator.Evaluate(
            network,
            test,
            cancel: cancel,
            keepProbabilities: run.EvalMetric.NeedsProbabilities()
        );
        notebook.SetVariable(asked.Variable + "_test", tested);
        notebook.Display(TestViews.Of(run, tested));
        TrainingData.ShowSkipped(notebook, test);
    }
}
