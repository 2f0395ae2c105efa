// Early stopping as Keras's and Lightning's callbacks of that name have it, with their patience; L. Prechelt, "Early stopping - but when?" (1998).

using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Training;

/// <summary>Ends a run that gets no better, and gives the network the weights of its best epoch.</summary>
internal sealed class EarlyStopping(RunFolder? folder) : ITrainingObserver, IDisposable
{
    private WeightsCopy? best;

    /// <summary>Whether a run is over before its last epoch.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="epochs">The epochs that were evaluated.</param>
    public static bool IsDue(TrainingOptions options, IReadOnlyList<EpochResult> epochs) =>
        options.EarlyStopPatience is { } patience
        && EpochResult.BestOf(epochs) is { } best
        && epochs[^1].Epoch - best.Epoch >= patience;

    /// <inheritdoc/>
    public void Evaluated(TrainingSession run)
    {
        if (!run.LastIsBest)
        {
            return;
        }

        if (best is null)
        {
            best = new WeightsCopy(run.Model);
        }
        else
        {
            best.Update();
        }
    }

    /// <summary>Puts the weights of the best epoch into the network: those seen here, or where a run went on after it, those of its folder.</summary>
    /// <param name="run">The run, with an epoch at least.</param>
    public void Restore(TrainingSession run)
    {
        if (best is not null)
        {
            best.Restore();
        }
        else if (File.Exists(folder?.BestWeights))
        {
            Checkpoint.Load(run.Model, folder.BestWeights);
        }
        else
        {
            run.Warn("The weights of the best epoch are not kept, so the network holds those of the last.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => best?.Dispose();
}
