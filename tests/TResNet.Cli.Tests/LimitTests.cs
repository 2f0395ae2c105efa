using System.Diagnostics;
using Tests;
using TResNet.Data;
using TResNet.Interactive.Tests.Commands;
using TResNet.Weights;

namespace TResNet.Cli.Tests;

/// <summary>
/// Every command with a standard output that is closed or full, and with limits of the shell on files: one sentence on what is left of the outputs,
/// exit code 1, and no half-written file.
/// </summary>
public sealed class LimitTests(LimitTests.Inputs inputs) : IClassFixture<LimitTests.Inputs>
{
    private const string Closed = "tresnet: what was printed could not be written to standard output: it is closed.";
    private const string Full =
        "tresnet: what was printed could not be written to standard output: No space left on device.";
    private const string FewFiles =
        "tresnet: this shell allows a process 40 open files, and at least 128 are needed: ulimit -n 1024 allows more.";

    // The least that lets each print something, and write where it does.
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["models"] = "models resnet18",
        ["build"] = "build --model tresnet_nano",
        ["train"] = "train --model tresnet_nano --data data --epochs 1 --run out/run --output out/trained.safetensors",
        ["lr-find"] = "lr-find --model tresnet_nano --data data --batch-size 4",
        ["recipes"] = "recipes",
        ["runs"] = "runs --help",
        ["validate"] = "validate --weights nano.safetensors --data data --results out/results.csv",
        ["predict"] = "predict image.png --weights nano.safetensors --output out/predictions.csv",
        ["explain"] = "explain image.png --weights nano.safetensors --explain-to out/explained",
        ["profile"] = "profile --model tresnet_nano --batch-size 1 --rounds 2 --round-time 0.01 --totals",
        ["throughput"] = "throughput --models tresnet_nano --batch-sizes 1 --rounds 2 --round-time 0.01",
        ["ablate"] = "ablate --model tresnet_nano --batch-size 2 --rounds 2 --round-time 0.01",
        ["compare"] = "compare --models resnet18,resnet50",
        ["paper"] = "paper",
        ["suggest"] = "suggest --data data",
        ["data"] = "data pack data out/data.pack",
        ["weights"] = "weights nano.safetensors",
        ["convert-weights"] = "convert-weights nano.safetensors out/nano.pth",
        ["export"] = "export out/nano.onnx --weights nano.safetensors",
        ["launch"] = "launch --help",
        ["new"] = "new out/first",
        ["run"] = "run cell.dib --html out/cell.html --ipynb out/cell.ipynb",
        ["convert"] = "convert cell.dib out/cell.html",
        ["gallery"] = "gallery ran.ipynb --output-dir out/site",
        ["jupyter"] = "jupyter install --prefix out/prefix",
        ["doctor"] = "doctor",
        ["completion"] = "completion bash",
    };

    [Fact]
    public void Every_command_is_tried() =>
        Assert.Equal(
            Shell
                .Commands(new Terminal(TextWriter.Null, isLive: false, 100))
                .Subcommands.Where(command => !command.Hidden)
                .Select(command => command.Name)
                .Order(StringComparer.Ordinal),
            Commands.Keys.Order(StringComparer.Ordinal)
        );

    public static TheoryData<string> Names() => [.. Commands.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_ends_with_a_sentence_and_no_half_written_file(string command)
    {
        Assert.Equal((1, Closed), await inputs.Run(Commands[command], "", "1>&-"));
        Assert.Equal((1, Full), await inputs.Run(Commands[command], "", "> /dev/full"));
        Assert.Equal((1, FewFiles), await inputs.Run(Commands[command], "ulimit -n 40", ""));

        var (code, said) = await inputs.Run(Commands[command], "ulimit -f 100", "> /dev/null");
        Assert.InRange(code, 0, 1);
        Assert.Equal(code == 1, said.StartsWith("tresnet: ", StringComparison.Ordinal));
        Assert.DoesNotContain('\n', said);
    }

    [Fact]
    public async Task A_file_that_would_be_too_large_is_not_begun()
    {
        var (code, said) = await inputs.Run("export out/large.onnx --model resnet18", "ulimit -f 3000", "> /dev/null");
        Assert.Equal(1, code);
        Assert.Equal(
            "tresnet: out/large.onnx could not be written (it would be larger than the disk or this shell (ulimit -f) allows): choose another place or make room.",
            said
        );
    }

    [Fact]
    public async Task A_closed_standard_error_changes_nothing_where_there_is_nothing_to_say() =>
        Assert.Equal((0, ""), await inputs.Run("models resnet18", "", "2>&- > /dev/null"));

    /// <summary>What the commands read, in a folder that each finds as it was.</summary>
    public sealed class Inputs : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("limits-").FullName;

        public Inputs()
        {
            TinyData.Write(Directory.CreateDirectory(In("data")).FullName, 16);
            using var network = Models.Create("tresnet_nano", numClasses: 4, inChans: 1);
            network.Save(In("nano.safetensors"));
            using var bitmap = new SkiaSharp.SKBitmap(32, 32);
            using var image = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(In("image.png"), image.ToArray());
            // 200 KB of output, which is more than a file may have below.
            File.WriteAllText(In("cell.dib"), "#!csharp\nConsole.WriteLine(new string('x', 200_000));\n");
            File.WriteAllText(
                In("ran.ipynb"),
                """{"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Seen"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
            );
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);

        /// <summary>Runs a command line in a shell of its own.</summary>
        /// <param name="words">The command.</param>
        /// <param name="limit">What the shell does before.</param>
        /// <param name="outputs">Where the outputs go.</param>
        /// <returns>The exit code, and the lines on standard error without progress.</returns>
        internal async Task<(int Code, string Said)> Run(string words, string limit, string outputs)
        {
            Directory.CreateDirectory(In("out"));
            var line = $"{limit}\nexec dotnet {BuiltProgram.Location} {words} {outputs}";
            var start = new ProcessStartInfo("bash", ["-c", line])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            // As build.sh's launcher has it where files have a largest size.
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
            start.Environment["XDG_CACHE_HOME"] = In("out");
            using var process = Process.Start(start)!;
            var printed = process.StandardOutput.ReadToEndAsync();
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal("", await printed);

            var left = Directory.EnumerateFiles(In("out"), "*", SearchOption.AllDirectories).Select(Path.GetFileName);
            Assert.DoesNotContain(
                left,
                name =>
                    name!.EndsWith(".tmp", StringComparison.Ordinal)
                    || name.Contains(".partial", StringComparison.Ordinal)
            );
            Directory.Delete(In("out"), recursive: true);
            return (process.ExitCode, said.TrimEnd('\n'));
        }

        private string In(string name) => Path.Combine(folder, name);
    }
}
