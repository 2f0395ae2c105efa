using System.Globalization;

namespace TResNet.Compute.Distributed;

/// <summary>What the program that started this process says of the others: <c>mpirun</c> and <c>srun</c> do so in environment variables.</summary>
/// <param name="Rank">Which of the processes this is, from 0.</param>
/// <param name="Size">How many there are; at least 1.</param>
/// <param name="Source">The variable that said how many.</param>
internal sealed record ClusterEnvironment(int Rank, int Size, string Source)
{
    // Open MPI's mpirun; Hydra of MPICH, Intel MPI and MVAPICH, and Slurm's PMI-2; PMIx of srun; Slurm itself, last, since a batch script without srun
    // has its variables too.
    private static readonly (string Size, string Rank)[] Launchers =
    [
        ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
        ("PMI_SIZE", "PMI_RANK"),
        ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
    ];

    /// <summary>Whether <c>mpirun</c> or <c>srun</c> has started this process, be it alone.</summary>
    public static bool IsStarted => Launcher(Environment.GetEnvironmentVariable) is not null;

    /// <summary>The environment of this process; null where it is alone.</summary>
    /// <exception cref="TResNetException">A variable is no number, or out of range.</exception>
    public static ClusterEnvironment? Find() => Find(Environment.GetEnvironmentVariable);

    /// <inheritdoc cref="Find()"/>
    /// <param name="value">Of a variable; null where there is none.</param>
    internal static ClusterEnvironment? Find(Func<string, string?> value)
    {
        if (Launcher(value) is not var (size, rank))
        {
            return null;
        }

        var count = Number(size, value(size)!, 1, int.MaxValue);
        var own = Number(rank, value(rank) ?? "0", 0, count - 1);
        return count == 1 ? null : new ClusterEnvironment(own, count, size);
    }

    // Slurm counts the tasks of a step for a batch script and an interactive shell too, which are no ranks of an MPI program.
    private static (string Size, string Rank)? Launcher(Func<string, string?> value) =>
        Launchers
            .Where(each => value(each.Size) is not null)
            .Where(each => !each.Size.StartsWith("SLURM", StringComparison.Ordinal) || HasPmi(value))
            .Select(each => ((string Size, string Rank)?)each)
            .FirstOrDefault();

    private static bool HasPmi(Func<string, string?> value) =>
        value("PMIX_RANK") is not null || value("PMI_FD") is not null || value("PMI_RANK") is not null;

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? number
            : throw new TResNetException(
                $"{name} is '{text}', and has to be a whole number {(most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}")}: start the processes with mpirun, srun or the launch command, which set it, or unset it to run one process."
            );
}
