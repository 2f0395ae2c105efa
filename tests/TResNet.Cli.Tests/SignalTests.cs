using System.Diagnostics;
using Tests;

namespace TResNet.Cli.Tests;

/// <summary>How batch systems, service managers and closing terminals say goodbye to a training, and two trainings in one folder.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("signals-").FullName;

    private string Run => Path.Combine(folder, "run");

    private readonly List<Process> started = [];

    public void Dispose()
    {
        foreach (var process in started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_training_that_is_asked_to_end_keeps_its_state_and_goes_on_from_there(string signal, int code)
    {
        var (training, output, _) = Train("--save-every 0.001");
        await UntilStates(1);
        // A terminal that closes says so twice, and timeout(1) to the process and its group.
        await Send(signal, training);
        await Send(signal, training);
        await training.WaitForExitAsync(new CancellationTokenSource(Patience).Token);

        Assert.Equal(code, training.ExitCode);
        Assert.Contains("Interrupted after", await output);
        Assert.NotEmpty(States());
        Assert.DoesNotContain(Directory.GetFiles(Run), file => file.Contains(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Slurms_warning_writes_a_state_and_the_training_goes_on()
    {
        const int stepsOfAnEpoch = 500; // after which a state comes by itself
        var (training, _, _) = Train("--save-every 1000");
        while (!File.Exists(Path.Combine(Run, ".lock-owner")))
        {
            Assert.False(training.HasExited);
            await Task.Delay(50);
        }

        for (var attempt = 0; attempt < 600 && States().Length == 0; attempt++)
        {
            await Send("USR1", training);
            await Task.Delay(100);
        }

        Assert.InRange(int.Parse(Path.GetFileNameWithoutExtension(States()[0])[^8..]), 1, stepsOfAnEpoch - 1);
        Assert.False(training.HasExited);
    }

    [Fact]
    public async Task A_second_training_in_the_folder_is_refused_by_the_name_of_the_first()
    {
        var (first, _, _) = Train("--save-every 0.001");
        await UntilStates(1);
        var (second, _, errors) = Train("--save-every 0.001 --resume");
        var said = await errors;
        await second.WaitForExitAsync(new CancellationTokenSource(Patience).Token);

        Assert.Equal(1, second.ExitCode);
        Assert.StartsWith($"tresnet: The run in {Run} is going on already, in process {first.Id} on ", said);
        Assert.False(first.HasExited);

        // What a process that was killed leaves holds nobody up.
        first.Kill();
        await first.WaitForExitAsync();
        Train("--save-every 0.001 --resume");
        var newest = States().Max(StringComparer.Ordinal);
        await UntilStates(1, newest);
    }

    private (Process Process, Task<string> Output, Task<string> Errors) Train(string options)
    {
        var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                $"{BuiltProgram.Location} train --model tresnet_nano --run {Run} --epochs 300 --batch-size 16 {options}"
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        started.Add(process);
        return (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    private static async Task Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", $"-{signal} {process.Id}");
        await kill.WaitForExitAsync();
    }

    private string[] States() => Directory.Exists(Run) ? Directory.GetFiles(Run, "state-*.safetensors") : [];

    private async Task UntilStates(int count, string? beyond = null)
    {
        var end = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < end)
        {
            if (States().Count(state => string.CompareOrdinal(state, beyond) > 0) >= count)
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"No state came within {Patience}.");
    }
}
