using System.Buffers.Binary;
using System.Diagnostics;
using Tests;

namespace EndToEnd.Tests;

/// <summary>A training whose process is killed goes on from its folder and ends with the weights of one that was not.</summary>
public sealed class ResumingTests : IDisposable
{
    private const int Images = 480;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("resume-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_killed_run_goes_on_and_ends_with_the_same_weights_bit_for_bit()
    {
        await WriteImages();
        var (code, errors) = await Train("whole", "whole.safetensors");
        Assert.True(code == 0, errors);

        // Killed twice at a random moment, then left to finish.
        var random = new Random();
        for (var kill = 0; kill < 2; kill++)
        {
            using var process = Start("broken", "broken.safetensors", kill > 0);
            await UntilStatesOf("broken", newerThan: Newest("broken"), process);
            await Task.Delay(random.Next(300));
            Assert.False(process.HasExited, "The run ended before it could be killed.");
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        (code, errors) = await Train("broken", "broken.safetensors", resumes: true);
        Assert.True(code == 0, errors);
        Assert.Equal(await TensorsOf("whole.safetensors"), await TensorsOf("broken.safetensors"));
        Assert.Empty(Directory.EnumerateFiles(PathOf("broken"), "*.partial"));
    }

    // Behind the header, which names the run: its length is the first eight bytes.
    private async Task<byte[]> TensorsOf(string file)
    {
        var bytes = await File.ReadAllBytesAsync(PathOf(file));
        return bytes[(8 + (int)BitConverter.ToInt64(bytes))..];
    }

    private async Task<(int Code, string Errors)> Train(string run, string output, bool resumes = false)
    {
        using var process = Start(run, output, resumes);
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors);
    }

    private Process Start(string run, string output, bool resumes)
    {
        List<string> arguments =
        [
            BuiltProgram.Location,
            "train",
            "--run",
            PathOf(run),
            "--save-every",
            "0.002",
            "--output",
            PathOf(output),
        ];
        arguments.AddRange(
            resumes
                ? ["--resume"] // the run knows its images, their size, its recipe and its augmentations
                : $"--recipe fast --data {PathOf("images")} --input-size 32 --epochs 2 --batch-size 8 --model-ema-decay 0.95 --aa rand-m9-inc1 --mixup 0.2 --reprob 0.2".Split(
                    ' '
                )
        );
        return Process.Start(
            new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
    }

    private string? Newest(string run) =>
        Directory.Exists(PathOf(run)) ? Directory.EnumerateFiles(PathOf(run), "state-*.safetensors").Max() : null;

    private async Task UntilStatesOf(string run, string? newerThan, Process process)
    {
        var clock = Stopwatch.StartNew();
        while (string.CompareOrdinal(Newest(run), newerThan) <= 0)
        {
            Assert.False(process.HasExited, "The run ended before its first state.");
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "No state was written in two minutes.");
            await Task.Delay(5);
        }
    }

    /// <summary>MNIST's four files with noise: what is tested is that the run is the same, not what it learns.</summary>
    private async Task WriteImages()
    {
        var images = Directory.CreateDirectory(PathOf("images")).FullName;
        var random = new Random(1);
        foreach (var (split, count) in new[] { ("train", Images), ("t10k", 40) })
        {
            var pixels = new byte[16 + (count * 28 * 28)];
            random.NextBytes(pixels.AsSpan(16));
            int[] header = [0x803, count, 28, 28];
            for (var i = 0; i < 4; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(pixels.AsSpan(4 * i), header[i]);
            }

            var labels = new byte[8 + count];
            BinaryPrimitives.WriteInt32BigEndian(labels, 0x801);
            BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
            for (var i = 0; i < count; i++)
            {
                labels[8 + i] = (byte)(i % 10);
            }

            await File.WriteAllBytesAsync(Path.Combine(images, $"{split}-images-idx3-ubyte"), pixels);
            await File.WriteAllBytesAsync(Path.Combine(images, $"{split}-labels-idx1-ubyte"), labels);
        }
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}
