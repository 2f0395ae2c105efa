using Notebook;
using TResNet.Compute.Distributed;
using TResNet.Interactive.Commands;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>Several runs of one training, one after the other, of which the network of the best is kept.</summary>
internal sealed class SeveralTrainings(INotebook notebook, OneTraining training, TrainingRequest asked)
{
    /// <summary>Trains until all are done, or one is interrupted.</summary>
    /// <param name="from">The weights that each starts from; null for none.</param>
    /// <param name="all">The runs.</param>
    /// <param name="folder">The folder above theirs; null where nothing is kept.</param>
    /// <param name="cancel">Honoured between two steps, and between two runs.</param>
    /// <returns>The best run, with its network and images.</returns>
    public (TrainingRun Run, TrainingParts Parts) Run(
        NamedWeights? from,
        IReadOnlyList<RunPart> all,
        string? folder,
        CancellationToken cancel
    )
    {
        var runs = new List<TrainingRun>();
        (TrainingRun Run, TrainingParts Parts)? best = null;
        foreach (var part in all)
        {
            var done = training.Run(from, part, cancel);
            runs.Add(done.Run);
            var (kept, other) = best is { } before && !IsBetter(done.Run, before.Run) ? (before, done) : (done, best);
            best = kept;
            other?.Parts.Network.Dispose();
            // A signal comes to several processes at different times.
            if (done.Run.Interrupted || ProcessGroup.Current.Any(cancel.IsCancellationRequested))
            {
                break;
            }
        }

        notebook.SetVariable(asked.Variable + "s", (IReadOnlyList<TrainingRun>)runs.ToArray());
        notebook.Display(RepeatViews.Of(all, runs, folder));
        return best!.Value;
    }

    private static bool IsBetter(TrainingRun run, TrainingRun other) =>
        run.Best is { } own && (other.Best is not { } its || ReferenceEquals(EpochResult.BestOf([its, own]), own));
}
