using System.Diagnostics;
using System.Globalization;
using Tests;
using TResNet.Interactive.Tests.Commands;

namespace TResNet.Cli.Tests;

/// <summary><c>tresnet launch</c>: several processes by mpirun, one of which dies.</summary>
public sealed class LaunchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string folder = Directory.CreateTempSubdirectory("launch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactIfMpi]
    public async Task A_killed_process_ends_the_others_and_the_run_goes_on()
    {
        var run = Path.Combine(folder, "run");
        var images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        TinyData.Write(images, 2000);
        string[] words =
        [
            "train",
            .. "--model tresnet_nano --epochs 2 --batch-size 64 --workers 1 --save-every 0.0003 --data".Split(' '),
            images,
            "--run",
            run,
        ];
        using (var killed = Launch(words))
        {
            var errors = killed.StandardError.ReadToEndAsync();
            var output = killed.StandardOutput.ReadToEndAsync();
            while (!Directory.Exists(run) || Directory.GetFiles(run, "state-*.safetensors").Length == 0)
            {
                Assert.False(killed.HasExited, killed.HasExited ? await errors : "");
                await Task.Delay(50);
            }

            using var rank = Process.GetProcessById(Ranks(run).Max());
            rank.Kill();
            await killed.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
            Assert.NotEqual(0, killed.ExitCode);
            Assert.Matches(@"process rank \d .*exited on signal 9", (await output) + await errors);
            Assert.Empty(Ranks(run));
        }

        using var resumed = Launch([.. words, "--resume"]);
        var (said, wrong) = (resumed.StandardOutput.ReadToEndAsync(), resumed.StandardError.ReadToEndAsync());
        await resumed.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.True(resumed.ExitCode == 0, await wrong);
        Assert.Contains("2 of 2 epochs", await said);
        // One of two shows and writes.
        Assert.Single((await said).Split('\n'), line => line.Contains("divide each batch of 64 images, 32 for each"));
    }

    [FactIfMpi]
    public async Task Signals_reach_all_processes_and_two_at_once_are_one_request()
    {
        var run = Path.Combine(folder, "run");
        using var launched = Launch(Long(run));
        var (said, wrong) = (launched.StandardOutput.ReadToEndAsync(), launched.StandardError.ReadToEndAsync());
        while (!File.Exists(Path.Combine(run, ".lock-owner")))
        {
            Assert.False(launched.HasExited, launched.HasExited ? await wrong : "");
            await Task.Delay(50);
        }

        for (var attempt = 0; attempt < 600 && Directory.GetFiles(run, "state-*.safetensors").Length == 0; attempt++)
        {
            await Send("USR1", launched.Id);
            await Task.Delay(100);
        }

        Assert.NotEmpty(Directory.GetFiles(run, "state-*.safetensors"));
        // As timeout(1) does, to the process and to its group.
        await Send("TERM", launched.Id);
        await Send("TERM", launched.Id);
        await launched.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.True(launched.ExitCode == 143, $"{launched.ExitCode}: {await wrong}");
        Assert.Contains("Interrupted after", await said);
    }

    // Wherever it is by then, and whoever waits for it.
    [FactIfMpi]
    public async Task A_process_that_is_asked_to_stop_alone_leaves_no_other_behind()
    {
        var run = Path.Combine(folder, "run");
        using var launched = Launch(Long(run));
        var wrong = launched.StandardError.ReadToEndAsync();
        _ = launched.StandardOutput.ReadToEndAsync();
        while (Ranks(run).Length < 2)
        {
            Assert.False(launched.HasExited, launched.HasExited ? await wrong : "");
            await Task.Delay(50);
        }

        await Send("TERM", Ranks(run).Max());
        await launched.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.NotEqual(0, launched.ExitCode);
        Assert.Empty(Ranks(run));
    }

    [FactIfMpi]
    public async Task Throughput_is_timed_for_each_number_of_processes()
    {
        using var timed = Run([
            "throughput",
            "--mode",
            "train",
            "--models",
            "tresnet_nano",
            "--batch-size",
            "4",
            "--budget",
            "1",
            "--ranks",
            "1,2",
        ]);
        var (said, wrong) = (timed.StandardOutput.ReadToEndAsync(), timed.StandardError.ReadToEndAsync());
        await timed.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.True(timed.ExitCode == 0, await wrong);
        Assert.Matches(@"(?m)^ +1 +[\d.,]+ +100% +100% +0% +0%$", await said);
        Assert.Matches(@"(?m)^ +2 +[\d.,]+ +\d+% +\d+% +\d+% +\d+%$", await said);
    }

    [Theory]
    [InlineData("throughput --ranks 1,2", "tresnet: --ranks times training: say --mode train with it.")]
    [InlineData("throughput --mode train --ranks 1,many", "tresnet: --ranks cannot be 'many': it takes numbers of ")]
    [InlineData("throughput --mode train --ranks 2 --optimize", "tresnet: --optimize has no use beside --ranks, ")]
    [InlineData("throughput --mode train --ranks 20", "tresnet: A batch of 32 images is too small for 20 processes, ")]
    [InlineData("launch --nproc 0 -- train", "tresnet: --nproc cannot be 0: it takes a whole number from 1 to 4,096.")]
    [InlineData("launch -- predict a.jpg", "tresnet: launch cannot share 'predict' among processes: it takes train, ")]
    [InlineData("launch --hostfile nowhere -- train", "tresnet: --hostfile nowhere is not there: ")]
    [InlineData("train --sync-bn --epochs 1", "tresnet: --sync-bn shares statistics among processes, and this is a ")]
    public async Task What_cannot_be_is_one_sentence(string words, string begins)
    {
        var run = await ShellRun.Of(words.Split(' '));
        Assert.NotEqual(0, run.Code);
        Assert.StartsWith(begins, run.Errors);
    }

    [Fact]
    public async Task Without_mpirun_it_says_what_to_install()
    {
        using var process = Launch(["train"], path: folder);
        var errors = await process.StandardError.ReadToEndAsync();
        Assert.StartsWith("tresnet: launch needs mpirun, which is not there: apt-get install openmpi-bin ", errors);
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
    }

    private static int[] Ranks(string run) =>
        [
            .. Process
                .GetProcessesByName("dotnet")
                .Where(each => Words(each.Id) is [_, _, "train", ..] words && words.Contains(run))
                .Select(each => each.Id),
        ];

    private static string[] Words(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"))
                .Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    // It ends by a signal.
    private static string[] Long(string run) =>
        [
            .. "train --model tresnet_nano --batch-size 16 --epochs 300 --workers 1 --save-every 1000 --run".Split(' '),
            run,
        ];

    private static async Task Send(string signal, int process)
    {
        using var kill = Process.Start("kill", $"-{signal} {process}");
        await kill.WaitForExitAsync();
    }

    private static Process Launch(string[] words, string? path = null) =>
        Run(["launch", "--nproc", "2", "--", .. words], path);

    private static Process Run(string[] words, string? path = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [BuiltProgram.Location, .. words];
        all.ToList().ForEach(start.ArgumentList.Add);
        start.Environment["PATH"] = path ?? Environment.GetEnvironmentVariable("PATH");
        start.Environment["OMP_NUM_THREADS"] = "1";
        // Seconds that mpirun leaves to others once one has ended; twice.
        start.Environment["OMPI_MCA_odls_base_sigkill_timeout"] = "1";
        return Process.Start(start)!;
    }
}
