using Notebook.Outputs;
using Tests;

namespace TResNet.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("models")]
    [InlineData("build")]
    [InlineData("train")]
    [InlineData("data")]
    [InlineData("data pack")]
    [InlineData("recipes")]
    [InlineData("suggest")]
    [InlineData("launch")]
    [InlineData("lr-find")]
    [InlineData("runs")]
    [InlineData("validate")]
    [InlineData("predict")]
    [InlineData("explain")]
    [InlineData("profile")]
    [InlineData("throughput")]
    [InlineData("ablate")]
    [InlineData("compare")]
    [InlineData("paper")]
    [InlineData("weights")]
    [InlineData("convert-weights")]
    [InlineData("export")]
    [InlineData("new")]
    [InlineData("run")]
    [InlineData("convert")]
    [InlineData("gallery")]
    [InlineData("jupyter")]
    [InlineData("jupyter install")]
    [InlineData("jupyter list")]
    [InlineData("doctor")]
    public async Task Help_explains_a_command(string command)
    {
        var run = await ShellRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Snapshot.Match(run.Output, suffix: command.Length == 0 ? "tresnet" : command.Replace(' ', '-'));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("validate")]
    [InlineData("predict")]
    [InlineData("profile")]
    public async Task All_options_of_a_command_with_many_are_in_groups(string command)
    {
        var help = (await ShellRun.Of([command, "--help"])).Output;

        Assert.Contains("\nNetwork", help);
        Assert.Contains("\nHelp\n  --help", help);
        Assert.DoesNotContain("\nOptions\n", help);
    }

    [Theory]
    [InlineData]
    [InlineData("jupyter")]
    public async Task A_command_that_needs_another_shows_its_help(params string[] args)
    {
        var run = await ShellRun.Of(args);

        Assert.Equal(0, run.Code);
        Assert.Equal((await ShellRun.Of([.. args, "--help"])).Output, run.Output);
    }

    [Fact]
    public async Task Version_is_one_line() =>
        Assert.Matches(@"^tresnet \d+\.\d+\.\d+\n$", (await ShellRun.Of(["--version"])).Output);
}
