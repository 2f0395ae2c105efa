using TResNet.Charts;
using TResNet.Compute.Distributed;
using TResNet.Training;
using TResNet.Training.Distributed;

namespace TResNet.Interactive.Train;

/// <summary>What is said of a training by several processes.</summary>
internal static class ProcessText
{
    /// <summary>How batches and learning rate follow from the number of processes: not at all.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="before">What was done, of a run that goes on; null for a new one.</param>
    public static string Rule(ProcessGroup group, TrainingOptions options, TrainingRun? before)
    {
        var (least, most) = (options.BatchSize / group.Size, (options.BatchSize + group.Size - 1) / group.Size);
        var each = least == most ? $"{least:N0}" : $"{least:N0} or {most:N0}";
        var other = before is { Processes: var once } && once != group.Size ? $" in place of {once}" : "";
        return FormattableString.Invariant(
            $"{group.Size} processes{other} ({group.Transport}) divide each batch of {options.BatchSize:N0} images, {each} for each: steps, batch and learning rate are those of one process."
        );
    }

    /// <summary>How the time of the processes divides, on a card.</summary>
    public static CardNumber Number(ExchangeShares shares) =>
        new($"of {shares.Processes} processes", Divided(shares), Help);

    /// <summary>The same as a sentence.</summary>
    public static string Sentence(ExchangeShares shares) =>
        $"{shares.Processes} processes: {Share(shares.Computing)} of the training time computing, {Share(shares.Communication)} exchanging gradients, {Share(shares.Waiting)} waiting for the slowest.";

    private const string Help =
        "The shares of the training time that this process computes, exchanges gradients after that, and waits for the slowest process";

    private static string Divided(ExchangeShares shares) =>
        $"{Share(shares.Computing)} + {Share(shares.Communication)} + {Share(shares.Waiting)}";

    private static string Share(double share) => NumberFormat.Format(share, ".0%");
}
