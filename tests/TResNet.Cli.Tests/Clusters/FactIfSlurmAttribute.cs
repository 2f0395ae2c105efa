using Tests;
using TResNet.Compute;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>A fact about jobs of Slurm, skipped with the reason where its daemons or MPI are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfSlurmAttribute : FactAttribute
{
    public FactIfSlurmAttribute()
    {
        var missing = new[] { "slurmctld", "slurmd", "sbatch" }.FirstOrDefault(program =>
            Programs.Find(program) is null
        );
        Skip =
            missing is not null ? $"{missing} is not there: apt-get install slurmctld slurmd slurm-client."
            : !Environment.IsPrivilegedProcess ? "A node of Slurm starts jobs as root alone."
            : new FactIfMpiAttribute().Skip;
    }
}
