using System.Text.RegularExpressions;

namespace TResNet.Cli.Tests;

/// <summary>docs/training.md has every option of training and validation, and names none that is not there.</summary>
public sealed partial class TrainingDocumentTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("validate")]
    public async Task Every_option_of_a_command_is_in_the_document(string command)
    {
        var document = Words(await File.ReadAllTextAsync(Path));
        var options = await OptionsOf(command);

        Assert.NotEmpty(options);
        Assert.Empty(options.Except(document).Except(["--help"]));
    }

    [Fact]
    public async Task Every_option_that_stands_beside_timms_is_there()
    {
        string[] here = [.. await OptionsOf("train"), .. await OptionsOf("validate"), "--optimize"];
        var named = Rows()
            .Matches((await File.ReadAllTextAsync(Path)).ReplaceLineEndings("\n"))
            .SelectMany(row => Words(row.Groups["ours"].Value))
            .ToArray();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(here));
    }

    private static string Path
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Notebooks.sln")))
            {
                folder = folder.Parent!;
            }

            return System.IO.Path.Combine(folder.FullName, "docs", "training.md");
        }
    }

    private static async Task<string[]> OptionsOf(string command) =>
        [
            .. Line()
                .Matches((await ShellRun.Of([command, "--help"])).Output)
                .Select(match => match.Groups["name"].Value),
        ];

    private static string[] Words(string text) => [.. Option().Matches(text).Select(match => match.Value).Distinct()];

    [GeneratedRegex(@"^  (-\w, )?(?<name>--[a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<=`)--[a-z0-9-]+|(?<=`[^`\n|]+ )--[a-z0-9-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| `--[^|]*\| (?<ours>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
