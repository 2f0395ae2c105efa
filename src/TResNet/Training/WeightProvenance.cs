using System.Globalization;
using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>Notes at a network where its weights are from, which its files then say.</summary>
/// <param name="network">The network that is trained.</param>
/// <param name="folder">Where the run is kept; null where nothing is.</param>
internal sealed class WeightProvenance(Network network, RunFolder? folder) : ITrainingObserver
{
    /// <summary>The name of a note (<see cref="RunFolder.Notes"/>): the weights that the run began with.</summary>
    internal const string Source = "weights";

    /// <inheritdoc/>
    public void Started(TrainingSession run) => Note(run, null);

    /// <inheritdoc/>
    public void Evaluated(TrainingSession run) => Note(run, run.Epochs[^1]);

    /// <inheritdoc/>
    public void Ended(TrainingSession run, TrainingEnd end)
    {
        if (end != TrainingEnd.Finished)
        {
            Note(run, run.Epochs is [.., var last] && last.Step == run.StepsDone && last.Weights is null ? last : null);
        }
    }

    private void Note(TrainingSession run, EpochResult? epoch)
    {
        var words = new Dictionary<string, string> { ["dataset"] = run.TrainData.Name };
        if (run.Notes.TryGetValue(Source, out var weights))
        {
            words["source"] = weights;
        }

        if (run.Teacher is { } teacher)
        {
            words["teacher"] = teacher.Description.Model;
        }

        if (folder is not null)
        {
            words["run"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path)));
        }

        if (epoch is not null)
        {
            words["epoch"] = epoch.Epoch.ToString(CultureInfo.InvariantCulture);
            words["weights"] = epoch.Weights == EvaluatedWeights.Average ? "average" : "network";
            if (double.IsFinite(epoch.Value))
            {
                words["eval_metric"] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{epoch.EvalMetric.Word()}={epoch.Value:0.####}"
                );
            }
        }

        network.Provenance = words;
    }
}
