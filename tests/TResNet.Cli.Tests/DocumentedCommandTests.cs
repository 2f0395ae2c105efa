using System.Text.RegularExpressions;
using TResNet.Cli.Tests.Packages;

namespace TResNet.Cli.Tests;

/// <summary>The command lines that newcomers are shown are ones that there are, with options that there are.</summary>
public sealed partial class DocumentedCommandTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/getting-started.md")]
    [InlineData("docs/faq.md")]
    [InlineData("docs/shell.md")]
    [InlineData("docs/add-an-architecture.md")]
    [InlineData("docs/scale.md")]
    [InlineData("docs/scale/mpijob.yaml")]
    [InlineData("docs/scale/slurm.sbatch")]
    public async Task Its_command_lines_name_commands_and_options_that_there_are(string document)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(PackageFeed.Root, document));
        var lines = Line()
            .Matches(text.ReplaceLineEndings("\n").Replace("\\\n", " "))
            .Select(match => (Command: match.Groups["command"].Value, Words: match.Groups["rest"].Value))
            .ToArray();
        var commands = Commands()
            .Matches((await ShellRun.Of(["help"])).Output)
            .Select(m => m.Groups[1].Value)
            .ToHashSet();
        var wrong = new List<string>();
        foreach (var line in lines.GroupBy(line => line.Command))
        {
            var help = (await ShellRun.Of([line.Key, "--help"])).Output;
            foreach (var (_, rest) in line)
            {
                // What another command is started with is that command's own.
                var own = rest.Split(" -- ")[0].Split(" #")[0].Split(" | ")[0];
                wrong.AddRange(
                    Option()
                        .Matches(own)
                        .Select(match => match.Value)
                        .Where(option => line.Key != "jupyter" && !Regex.IsMatch(help, $@"{option}(?![\w-])"))
                        .Select(option => $"{line.Key} {option}")
                );
            }

            if (!commands.Contains(line.Key) && line.Key is not ("help" or "completion"))
            {
                wrong.Add(line.Key);
            }
        }

        Assert.NotEmpty(lines);
        Assert.Empty(wrong);
    }

    // In a block of shell lines, or in the text between backticks; also what starts several processes of it.
    [GeneratedRegex(
        @"(?:^(?:artifacts/)?|`(?:artifacts/)?|\b(?:mpirun|srun) [^`\n]*?)tresnet +(?<command>[a-z][a-z-]*)(?<rest>[^`\n]*)",
        RegexOptions.Multiline
    )]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<=[ ])--[a-z0-9-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"^  ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
