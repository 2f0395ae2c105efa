using TResNet.Interactive.Charts;
using TResNet.Training;

namespace TResNet.Interactive.Formatting;

/// <summary>A run and an evaluation as tables and charts.</summary>
internal static class TrainingViews
{
    public static View Of(TrainingRun run) => new() { Parts = [Plots.Training(run), .. Tables(run)] };

    /// <summary>What stands below the chart: the epochs, and what was done.</summary>
    public static IReadOnlyList<object> Tables(TrainingRun run)
    {
        var parts = new List<object>();
        if (run.Interrupted)
        {
            parts.Add(
                $"Interrupted after {run.Steps.Count:N0} steps: the network holds the weights of the last one and can be used, saved or trained on."
            );
        }

        if (run.Epochs.Count > 0)
        {
            parts.Add(Epochs(run));
        }

        return parts;
    }

    public static Table Epochs(TrainingRun run) =>
        new()
        {
            Columns =
            [
                new("epoch", true),
                new("training loss", true),
                new("held-out loss", true),
                new("top-1", true),
                new("images/s", true),
                new("time", true),
            ],
            Rows =
            [
                .. run.Epochs.Select(epoch =>
                    (Cell[])
                        [
                            $"{epoch.Epoch}",
                            NumberFormat.Format(epoch.TrainLoss, ".3f"),
                            NumberFormat.Format(epoch.HeldOutLoss, ".3f"),
                            Words.Percent(epoch.Top1),
                            Words.Rate(epoch.ImagesPerSecond),
                            Words.Clock(epoch.Duration),
                        ]
                ),
            ],
            Footer =
            [
                "all",
                "",
                "",
                Words.Percent(run.Top1 ?? 0),
                Words.Rate(run.ImagesPerSecond),
                Words.Clock(run.Duration),
            ],
            Note = Options(run),
        };

    public static View Of(Evaluation evaluation)
    {
        var accuracies = evaluation.ClassAccuracies();
        return new View
        {
            Title = evaluation.Data,
            Subtitle =
                $"top-1 {Words.Percent(evaluation.Top1)} of {evaluation.Predictions.Count:N0} images, loss {NumberFormat.Format(evaluation.Loss, ".3f")}",
            Parts =
            [
                Plots.Confusion(evaluation),
                new Table
                {
                    Columns = [new("class"), new("right", true)],
                    Rows = [.. evaluation.Classes.Select((name, i) => (Cell[])[name, Words.Percent(accuracies[i])])],
                },
            ],
        };
    }

    private static string Options(TrainingRun run)
    {
        var options = run.Options;
        string N(double value) => value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
        return $"{run.Model}, {run.TrainData}: batches of {options.BatchSize}, learning rate {N(options.LearningRate)}, momentum {N(options.Momentum)}, "
            + $"weight decay {N(options.WeightDecay)}, label smoothing {N(options.LabelSmoothing)}, seed {options.Seed}";
    }
}
