using System.Diagnostics;
using System.Globalization;
using Tests;

namespace EndToEnd.Tests;

/// <summary>A disk that becomes full while a network is trained or images are packed: the kernel refuses every write past a limit on a file's size.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("full-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_training_goes_on_without_room_and_keeps_the_state_before()
    {
        WriteImages(train: 1500);
        var run = PathOf("run");
        using var process = Start(
            $"train --run {run} --data {PathOf("photos")} --save-every 0.002 --epochs 3 --batch-size 25"
        );
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await Until(() => States(run).Length > 0, process);
        await Limit(process, bytes: 20_000);
        var kept = States(run);
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, await errors);
        Assert.Contains("could not be written", await output);
        Assert.Contains("choose another place or make room", await output);
        Assert.Empty(Directory.EnumerateFiles(run, "*.partial"));
        // One more may have been on its way when the room ended.
        Assert.True(States(run).Length > 0);
        Assert.True(kept.Length == 0 || string.CompareOrdinal(States(run)[^1], kept[^1]) >= 0);
        Assert.All(States(run), state => Assert.True(new FileInfo(state).Length > 20_000));

        // What was kept is whole: the run goes on from it once there is room, and ends.
        using var resumed = Start($"train --run {run} --resume");
        var said = resumed.StandardOutput.ReadToEndAsync();
        errors = resumed.StandardError.ReadToEndAsync();
        await resumed.WaitForExitAsync();
        Assert.True(resumed.ExitCode == 0, await errors);
        Assert.DoesNotContain("could not be written", await said);
        Assert.True(File.Exists(Path.Combine(run, "last.safetensors")));
        Assert.Empty(Directory.EnumerateFiles(run, "*.partial"));
    }

    [Fact]
    public async Task A_packing_that_was_killed_or_found_no_room_goes_on_and_ends_with_the_same_file()
    {
        WriteImages(train: 4000);
        var (from, whole, broken) = (PathOf("photos"), PathOf("whole.pack"), PathOf("broken.pack"));
        Assert.Equal(0, await Run($"data pack {from} {whole}"));

        await KillWhileItPacks(from, broken);
        Assert.InRange(new FileInfo($"{broken}.partial").Length, 10_000, new FileInfo(whole).Length);
        Assert.False(File.Exists(broken));
        Assert.NotEqual(0, await Run($"data pack {from} {broken}", limit: new FileInfo(whole).Length / 2));
        Assert.False(File.Exists(broken));
        Assert.InRange(new FileInfo($"{broken}.partial").Length, 10_000, new FileInfo(whole).Length);
        Assert.Equal(0, await Run($"data pack {from} {broken}"));
        Assert.Equal(await File.ReadAllBytesAsync(whole), await File.ReadAllBytesAsync(broken));
        Assert.False(File.Exists($"{broken}.partial"));
    }

    private static async Task KillWhileItPacks(string from, string to)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var packing = Start($"data pack {from} {to}");
            _ = packing.StandardOutput.ReadToEndAsync();
            _ = packing.StandardError.ReadToEndAsync();
            while (!packing.HasExited && new FileInfo($"{to}.partial") is not { Exists: true, Length: > 10_000 })
            {
                await Task.Delay(1);
            }

            packing.Kill();
            await packing.WaitForExitAsync();
            if (packing.ExitCode != 0)
            {
                return;
            }

            // It was done before this process had its turn.
            File.Delete(to);
        }

        Assert.Fail("Each packing was done before it was killed.");
    }

    private static Process Start(string arguments, long? limit = null)
    {
        var size = limit is { } bytes
            ? $"prlimit --fsize={bytes.ToString(CultureInfo.InvariantCulture)} --pid $$; "
            : "";
        var dll = BuiltProgram.Location;
        return Process.Start(
            new ProcessStartInfo("bash", ["-c", $"{size}exec dotnet {dll} {arguments}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // The runtime's own memory is a file too where it is mapped twice.
                Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
            }
        )!;
    }

    private static async Task<int> Run(string arguments, long? limit = null)
    {
        using var process = Start(arguments, limit);
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(
            process.ExitCode == 0 || (await errors).Contains("make room", StringComparison.Ordinal),
            await errors
        );
        return process.ExitCode;
    }

    private static async Task Limit(Process process, long bytes)
    {
        using var limiting = Process.Start("prlimit", ["--fsize=" + bytes, "--pid", $"{process.Id}"]);
        await limiting.WaitForExitAsync();
        Assert.Equal(0, limiting.ExitCode);
    }

    private static async Task Until(Func<bool> holds, Process process)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.False(process.HasExited, "It ended before anything was written.");
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "Nothing was written in two minutes.");
            await Task.Delay(5);
        }
    }

    private static string[] States(string run) =>
        Directory.Exists(run) ? [.. Directory.EnumerateFiles(run, "state-*.safetensors").Order()] : [];

    /// <summary>The files of CIFAR-100, of noise.</summary>
    private void WriteImages(int train)
    {
        var images = Directory.CreateDirectory(PathOf("photos")).FullName;
        File.WriteAllLines(
            Path.Combine(images, "fine_label_names.txt"),
            Enumerable.Range(0, 100).Select(label => $"class {label}")
        );
        var random = new Random(1);
        foreach (var (name, count) in new[] { ("train.bin", train), ("test.bin", 200) })
        {
            var records = new byte[count * 3074];
            random.NextBytes(records);
            for (var i = 0; i < count; i++)
            {
                (records[i * 3074], records[i * 3074 + 1]) = (0, (byte)(i % 100));
            }

            File.WriteAllBytes(Path.Combine(images, name), records);
        }
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}
