namespace TResNet.Training.Runs;

/// <summary>What a run has done.</summary>
/// <param name="Steps">Every step.</param>
/// <param name="Epochs">Every epoch that was evaluated.</param>
/// <param name="Duration">The time that it took.</param>
/// <param name="TrainingSeconds">That part of it which was spent in steps.</param>
internal sealed record RunHistory(
    IReadOnlyList<StepResult> Steps,
    IReadOnlyList<EpochResult> Epochs,
    TimeSpan Duration,
    double TrainingSeconds
)
{
    internal static RunHistory Empty { get; } = new([], [], TimeSpan.Zero, 0);
}
