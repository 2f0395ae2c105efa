using System.Globalization;

namespace TResNet.Compute.Distributed;

/// <summary>What the program that started this process says of the others: <c>mpirun</c> and <c>srun</c> do so in environment variables.</summary>
/// <param name="Rank">Which of the processes this is, from 0.</param>
/// <param name="Size">How many there are; at least 1.</param>
/// <param name="LocalRank">Which of those on this machine it is, from 0.</param>
/// <param name="Source">The variable that said how many.</param>
internal sealed record ClusterEnvironment(int Rank, int Size, int LocalRank, string Source)
{
    // Open MPI's mpirun; Hydra of MPICH, Intel MPI and MVAPICH, and Slurm's PMI-2; PMIx of srun; Slurm itself, last, since a batch script without srun
    // has its variables too.
    private static readonly (string Size, string Rank, string LocalRank)[] Launchers =
    [
        ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_RANK"),
        ("PMI_SIZE", "PMI_RANK", "MPI_LOCALRANKID"),
        ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "SLURM_LOCALID"),
    ];

    /// <summary>The environment of this process; null where it is alone.</summary>
    /// <exception cref="TResNetException">A variable is no number, or out of range.</exception>
    public static ClusterEnvironment? Find() => Find(Environment.GetEnvironmentVariable);

    /// <inheritdoc cref="Find()"/>
    /// <param name="value">Of a variable; null where there is none.</param>
    internal static ClusterEnvironment? Find(Func<string, string?> value)
    {
        foreach (var (size, rank, local) in Launchers)
        {
            // Slurm counts the tasks of a step for a batch script and an interactive shell too, which are no ranks of an MPI program.
            if (value(size) is not { } text || (size.StartsWith("SLURM", StringComparison.Ordinal) && !HasPmi(value)))
            {
                continue;
            }

            var count = Number(size, text, 1, int.MaxValue);
            var own = Number(rank, value(rank) ?? "0", 0, count - 1);
            return count == 1
                ? null
                : new ClusterEnvironment(own, count, Number(local, value(local) ?? "0", 0, int.MaxValue), size);
        }

        return null;
    }

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
