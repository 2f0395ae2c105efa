using Tests;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>A fact about jobs of Slurm, skipped with the reason where its daemons or MPI are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfSlurmAttribute : FactAttribute
{
    public FactIfSlurmAttribute()
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"];
        var missing = new[] { "slurmctld", "slurmd", "sbatch" }.FirstOrDefault(program =>
            !folders.Any(folder => File.Exists(Path.Combine(folder, program)))
        );
        Skip =
            missing is not null ? $"{missing} is not there: apt-get install slurmctld slurmd slurm-client."
            : !Environment.IsPrivilegedProcess ? "A node of Slurm starts jobs as root alone."
            : new FactIfMpiAttribute().Skip;
    }
}
