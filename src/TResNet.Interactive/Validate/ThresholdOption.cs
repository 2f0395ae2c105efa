using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Validate;

/// <summary>The option that tunes the threshold of each label on the images held out, and keeps them with a run.</summary>
internal static class ThresholdOption
{
    private const string Name = "--tune-threshold";

    public static Option<bool> Create(string when) =>
        new(Name)
        {
            Description =
                $"For several labels: the threshold of each at which its F1 is highest on the images to test on{when}, kept with the run and its best weights and taken by predict and validate with these.",
        };

    /// <summary>Refuses to tune what has no thresholds, or nowhere to keep them, before anything is computed.</summary>
    /// <param name="isMultiLabel">Whether an image may have several labels.</param>
    /// <param name="keeps">Whether there is a run that keeps them.</param>
    /// <exception cref="CommandException">It is one of these.</exception>
    public static void Require(bool isMultiLabel, bool keeps)
    {
        if (!isMultiLabel)
        {
            throw new CommandException(
                $"{Name} is for images of several labels, and each of these has one, the likeliest: leave it out."
            );
        }

        if (!keeps)
        {
            throw new CommandException($"{Name} keeps the thresholds with a run: name its folder with --run.");
        }
    }

    /// <summary>Tunes the thresholds for the best weights of a run, keeps and shows them.</summary>
    /// <param name="notebook">Where they are shown.</param>
    /// <param name="run">The run, with a folder.</param>
    /// <param name="network">The network with these weights, whose file is written anew with the thresholds.</param>
    /// <param name="evaluation">What these weights say of the images held out.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Tune(INotebook notebook, TrainingRun run, Network network, EvaluationResult evaluation)
    {
        if (RunFolder.Read(run.Folder!.Path).Best?.Epoch != run.Best!.Epoch)
        {
            throw new CommandException(
                $"The run in {run.Folder.Path} has found a better epoch meanwhile: tune its thresholds again."
            );
        }

        var thresholds = ThresholdTuning.Of(evaluation);
        var path = new RunThresholds(run.Best!.Epoch, run.Classes, thresholds).Save(run.Folder!);
        network.Thresholds = thresholds;
        network.Save(run.BestCheckpoint!);
        notebook.Display(Of(evaluation with { Thresholds = thresholds }, path));
    }

    private static View Of(EvaluationResult evaluation, string path)
    {
        var (usual, tuned) = (evaluation.Report().Classes, evaluation.TunedReport().Classes);
        return new View
        {
            Title = "Thresholds",
            Subtitle =
                $"macro F1 {DisplayText.Percent(evaluation.TunedReport().Macro.F1)}, at {DisplayText.Percent(Predictor.DefaultThreshold)} for all {DisplayText.Percent(evaluation.Report().Macro.F1)}",
            Parts =
            [
                new Table
                {
                    Columns =
                    [
                        new("class"),
                        new("images", true),
                        new("threshold", true),
                        new("F1", true),
                        new("F1 before", true),
                    ],
                    Rows =
                    [
                        .. tuned.Select(
                            (each, label) =>
                                (Cell[])
                                    [
                                        each.Class,
                                        ModelViews.Number(each.Support, $"{each.Support:N0}"),
                                        DisplayText.Percent(evaluation.Thresholds![label]),
                                        DisplayText.Percent(each.F1),
                                        DisplayText.Percent(usual[label].F1),
                                    ]
                        ),
                    ],
                    Note =
                        $"Kept in {path}. Tuned on the images that F1 is measured on here: on others it will be lower.",
                    Sortable = tuned.Count > 1,
                },
            ],
        };
    }
}
