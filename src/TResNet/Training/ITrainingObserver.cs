namespace TResNet.Training;

/// <summary>
/// Is told what happens in a training, between two steps and on the thread that trains: a card in a notebook, a line in a shell, logs and the keeper
/// of states are observers of equal standing. What is not of interest need not be implemented.
/// </summary>
/// <example><code>
/// sealed class StopAt(double top1, CancellationTokenSource stop) : TResNet.Training.ITrainingObserver
/// {
///     public void EpochDone(TResNet.Training.TrainingSession run)
///     {
///         if (run.Epochs[^1].Top1 >= top1) stop.Cancel();
///     }
/// }
/// </code></example>
public interface ITrainingObserver
{
    /// <summary>The first step comes next.</summary>
    void Started(TrainingSession run) { }

    /// <summary>A step is done; an evaluation may come next.</summary>
    void StepDone(TrainingSession run) { }

    /// <summary>An epoch was evaluated; the network still holds the weights that were, which may be an average.</summary>
    void Evaluated(TrainingSession run) { }

    /// <summary>An epoch is over, and the network holds the weights that training goes on with.</summary>
    void EpochDone(TrainingSession run) { }

    /// <summary>Nothing comes after this, whatever the reason.</summary>
    void Ended(TrainingSession run, TrainingEnd end) { }
}

/// <summary>How a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>After its last evaluation.</summary>
    Finished,

    /// <summary>It was cancelled between two steps, and can go on.</summary>
    Interrupted,

    /// <summary>With an exception, which follows.</summary>
    Failed,
}

/// <summary>Passes the progress on to whom .NET would report it.</summary>
internal sealed class ProgressObserver(IProgress<TrainingProgress> progress) : ITrainingObserver
{
    public void StepDone(TrainingSession run) => progress.Report(run.Progress);

    public void Evaluated(TrainingSession run) => progress.Report(run.Progress);
}

/// <summary>Several as one, told one after the other.</summary>
internal sealed class ObserverList(IReadOnlyList<ITrainingObserver> observers) : ITrainingObserver
{
    public void Started(TrainingSession run) => Tell(observer => observer.Started(run));

    public void StepDone(TrainingSession run) => Tell(observer => observer.StepDone(run));

    public void Evaluated(TrainingSession run) => Tell(observer => observer.Evaluated(run));

    public void EpochDone(TrainingSession run) => Tell(observer => observer.EpochDone(run));

    public void Ended(TrainingSession run, TrainingEnd end) => Tell(observer => observer.Ended(run, end));

    private void Tell(Action<ITrainingObserver> what)
    {
        foreach (var observer in observers)
        {
            what(observer);
        }
    }
}
