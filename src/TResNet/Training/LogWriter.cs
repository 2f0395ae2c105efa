using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>Writes what other programs read of a run into its folder.</summary>
/// <param name="folder">The run's folder.</param>
internal sealed class LogWriter(string folder) : ITrainingObserver
{
    private RunLogs? logs;

    /// <inheritdoc/>
    public void Started(TrainingSession run) =>
        logs = new RunLogs(folder, run.ModelName, run.Steps, run.History, run.EvalMetric, run.Average is not null);

    /// <inheritdoc/>
    public void StepDone(TrainingSession run) => logs?.Step(run.History, run.Warn);

    /// <inheritdoc/>
    public void EpochDone(TrainingSession run) => logs?.Epoch(run.History, run.Warn);

    /// <inheritdoc/>
    public void Ended(TrainingSession run, TrainingEnd end) => logs?.Flush(run.Warn);
}
