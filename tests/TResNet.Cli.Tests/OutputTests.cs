using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TResNet.Cli.Tests;

/// <summary>Results for programs, and what shells complete.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task A_table_is_json_with_all_digits()
    {
        var run = await ShellRun.Of(["models", "resnet50", "--json"]);

        var row = Assert.Single(JsonNode.Parse(run.Output)!["tables"]![0]!["rows"]!.AsArray())!;
        Assert.Equal(
            ("resnet50", 25_557_032, 4_089_184_256, 0.79, "1512.03385"),
            (
                (string)row["name"]!,
                (int)row["parameters"]!,
                (long)row["multiply_adds"]!,
                (double)row["top1"]!,
                (string)row["arxiv"]!
            )
        );
    }

    [Fact]
    public async Task What_is_not_known_is_null_and_empty()
    {
        string[] line = ["models", "tresnet_nano"];
        var json = await ShellRun.Of([.. line, "--json"]);
        var csv = await ShellRun.Of([.. line, "--csv"]);

        Assert.Null(JsonNode.Parse(json.Output)!["tables"]![0]!["rows"]![0]!["top1"]);
        Assert.Equal(
            "name,family,year,input,parameters,multiply_adds,top1,arxiv\ntresnet_nano,TResNet,2020,32,403032,5394432,,2003.13630\n",
            csv.Output
        );
    }

    [Fact]
    public async Task Texts_with_commas_are_quoted()
    {
        var run = await ShellRun.Of(["recipes", "fast", "--csv"]);

        Assert.Contains("learning rate,\"0.1, one-cycle\"\n", run.Output);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--csv")]
    [InlineData("--quiet")]
    public async Task Progress_is_left_out(string format)
    {
        string[] line = ["profile", "--model", "tresnet_nano", "--batch-size", "2", "--rounds", "3", "--totals"];

        var run = await ShellRun.Of([.. line, format], live: true);

        Assert.Equal(0, run.Code);
        Assert.DoesNotContain("round 3 of 3", run.Output);
        Assert.DoesNotContain("\r", run.Output);
        Assert.Contains("tresnet_nano", run.Output);
        if (format == "--json")
        {
            var rows = JsonNode.Parse(run.Output)!["tables"]!.AsArray().SelectMany(table => table!["rows"]!.AsArray());
            Assert.Contains(rows, row => row!["images_per_second"] is { } rate && (double)rate > 0);
        }
    }

    [Theory]
    [InlineData("tresnet tr", "train")]
    [InlineData("tresnet train --ep", "--epochs")]
    [InlineData("tresnet profile --mode inf", "inference")]
    public async Task Bash_completes_commands_options_and_values(string typed, string completed)
    {
        var script = (await ShellRun.Of(["completion", "bash"])).Output;
        var answers = await ShellRun.Of([$"[suggest:{typed.Length}]", typed]);
        var folder = Directory.CreateTempSubdirectory("completion-").FullName;
        try
        {
            // In the place of the program stands what it answers, on the path that the script looks for it on.
            File.WriteAllText(Path.Combine(folder, "answers"), answers.Output);
            File.WriteAllText(Path.Combine(folder, "tresnet"), $"#!/bin/sh\ncat '{folder}/answers'\n");
            var words = typed.Split(' ');
            var asked =
                $"chmod +x '{folder}/tresnet'\n{script}\nCOMP_LINE='{typed}' COMP_POINT={typed.Length} COMP_CWORD={words.Length - 1}\n"
                + $"COMP_WORDS=({typed})\n_tresnet\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"";
            using var bash = Process.Start(
                new ProcessStartInfo("bash", ["-c", asked])
                {
                    RedirectStandardOutput = true,
                    Environment = { ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}" },
                }
            )!;
            var output = await bash.StandardOutput.ReadToEndAsync();
            await bash.WaitForExitAsync();

            Assert.Contains(completed, output.Split('\n'));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
