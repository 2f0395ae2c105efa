using System.Diagnostics;
using Tests;
using TResNet.Cli.Tests.Packages;
using TResNet.Interactive.Tests.Commands;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>docs/scale/slurm.sbatch in a Slurm of this machine alone: what a job is told, how it is stopped, and that it goes on.</summary>
public sealed class SlurmTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string folder = Directory.CreateTempSubdirectory("slurm-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactIfSlurm]
    public async Task A_job_writes_its_state_when_it_is_asked_and_goes_on_when_it_is_queued_again()
    {
        using var slurm = new OneNodeSlurm(folder);
        await slurm.StartAsync();
        var script = WriteScript();

        var job = (await slurm.Run("sbatch", [.. Smaller, script])).Split(' ', '\n')[3];
        await Until(slurm, job, async () => (await Said()).Contains("divide each batch of 16 images, 8 for each"));
        // As --signal=USR1@60 does a minute before the end.
        await Until(
            slurm,
            job,
            async () =>
            {
                await slurm.Run("scancel", "--signal=USR1", job);
                return States().Length > 0;
            }
        );
        await slurm.Run("scontrol", "requeue", job);
        await Until(slurm, job, async () => await slurm.Field(job, "JobState") == "PENDING");
        Assert.Contains("Interrupted after", await Said());
        await slurm.Run("scontrol", "update", $"JobId={job}", "StartTime=now");
        await Until(slurm, job, async () => await slurm.Field(job, "JobState") == "COMPLETED");
        Assert.Equal("0:0", await slurm.Field(job, "ExitCode"));
        var said = (await Said()).Split("Interrupted after")[1];
        Assert.Contains("20 of 20 epochs", said);
        // Two processes again, from where the first two were.
        Assert.Contains("2 processes (", said);

        Task<string> Said() =>
            File.Exists(Path.Combine(folder, "said"))
                ? File.ReadAllTextAsync(Path.Combine(folder, "said"))
                : Task.FromResult("");
    }

    // Without GPUs, and with all tasks on the one node.
    private string[] Smaller =>
        [
            "--nodes=1",
            "--ntasks-per-node=2",
            "--cpus-per-task=1",
            "--overcommit",
            $"--output={Path.Combine(folder, "said")}",
            "--open-mode=append",
            $"--chdir={folder}",
        ];

    private string[] States() =>
        Directory.Exists(Path.Combine(folder, "runs", "flowers"))
            ? Directory.GetFiles(Path.Combine(folder, "runs", "flowers"), "state-*.safetensors")
            : [];

    // The documented one, with a network and images that are there in no time.
    private string WriteScript()
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        TinyData.Write(images, 64);
        var text = File.ReadAllText(Path.Combine(PackageFeed.Root, "docs", "scale", "slurm.sbatch"));
        foreach (
            var (documented, here) in new[]
            {
                ("#SBATCH --gpus-per-task=1\n", ""),
                ("/shared/flowers.pack", images),
                ("/shared", folder),
                ("tresnet train", $"dotnet {BuiltProgram.Location} train"),
                ("resnet50", "tresnet_nano --epochs 20"),
                ("--batch-size 512", "--batch-size 16"),
            }
        )
        {
            Assert.Contains(documented, text);
            text = text.Replace(documented, here);
        }

        var script = Path.Combine(folder, "slurm.sbatch");
        File.WriteAllText(script, text);
        return script;
    }

    private static async Task Until(OneNodeSlurm slurm, string job, Func<Task<bool>> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(waited.Elapsed < Patience, await slurm.Run("scontrol", "show", "job", job));
            await Task.Delay(200);
        }
    }
}
