using System.Diagnostics;
using Tests;
using TResNet.Compute.Distributed;
using TResNet.Tests.Weights;
using TResNet.Weights;
using static TorchSharp.torch;

namespace TResNet.Tests.Training.Distributed;

/// <summary>Several processes compute what one does alone: the checks are TResNet.TestRanks', which mpirun starts.</summary>
public sealed class RanksTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string folder = Directory.CreateTempSubdirectory("ranks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactIfMpi]
    public async Task Two_processes_train_and_evaluate_as_one()
    {
        var weights = Path.Combine(folder, "linear.pth");
        using (var linear = nn.Linear(300, 200))
        {
            Checkpoint.Save(linear, weights);
        }

        using var server = new FileServer(File.ReadAllBytes(weights));
        Assert.Equal(
            [
                "ok processors are divided",
                "ok shared statistics are those of one process",
                "ok unreadable images",
                "ok small evaluations",
                "ok weighted means are those of one process",
                "ok teachers count by images",
                "ok steps of which nothing is known",
                "ok without statistics of the batch",
                "ok own statistics are averaged",
                "ok buckets start early",
                "ok unlike processes",
                "ok unlike states",
                "ok what is not shared is refused",
                "ok batches are counted",
                "ok trouble of one process",
                "ok a download for all",
            ],
            await Run(2, "all", server.Url.ToString())
        );
        Assert.Single(server.Ranges);
    }

    [FactIfMpi]
    public async Task Three_processes_stop_together_and_two_go_on()
    {
        Assert.Equal("ok stopped together", (await Run(3, "stop"))[^1]);
        Assert.Equal(["ok resumed with another number"], await Run(2, "resume"));
    }

    [FactIfMpi]
    public async Task Four_processes_train_and_evaluate_as_one() =>
        Assert.Equal("ok small evaluations", (await Run(4, "several"))[^1]);

    private async Task<string[]> Run(int processes, string checks, params string[] others)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "TResNet.TestRanks.dll");
        var start = MpiLauncher.Start(
            MpiLauncher.Find()!,
            processes,
            hosts: null,
            ["dotnet", program, checks, Path.Combine(folder, "run"), .. others]
        );
        start.Environment.Remove("OMP_NUM_THREADS");
        start.Environment["TERM"] = "dumb";
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var mpirun = Process.Start(start)!;
        mpirun.StandardInput.Close();
        var (output, errors) = (mpirun.StandardOutput.ReadToEndAsync(), mpirun.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await mpirun.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            mpirun.Kill(entireProcessTree: true);
            Assert.Fail($"{processes} processes hang: {await output}{await errors}");
        }

        Assert.True(mpirun.ExitCode == 0, $"{await output}{await errors}");
        return (await output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
