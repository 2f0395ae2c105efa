using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Old names of options mean what the new ones do, and say so.</summary>
public sealed class RenamedOptionTests
{
    private readonly RecordingNotebook notebook = new();
    private readonly Option<double[]> scale = new("--scale") { AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> flip = CommonOptions.Make("--hflip", "", 0.25);
    private readonly List<string> seen = [];

    [Theory]
    [InlineData("cut", "scale [] flip 0.25 given False")]
    [InlineData("cut --min-crop 0.3", "scale [0.3] flip 0.25 given False")]
    [InlineData("cut --min-crop=0.3 --flip", "scale [0.3] flip 0.5 given True")]
    [InlineData("cut --flip --scale 0.3 1", "scale [0.3, 1] flip 0.5 given True")]
    public async Task An_old_name_means_the_new_one(string line, string expected)
    {
        await Parse(line).InvokeAsync();
        Assert.Equal([expected], seen);
    }

    [Fact]
    public async Task An_old_name_is_taken_where_the_command_is_the_whole_line_as_of_a_magic()
    {
        await Command().Parse(["--min-crop", "0.3", "--flip"]).InvokeAsync();
        Assert.Equal(["scale [0.3] flip 0.5 given True"], seen);
    }

    [Fact]
    public async Task Each_old_name_is_answered_with_one_line()
    {
        await Parse("cut --min-crop 0.3 --flip").InvokeAsync();
        Assert.Equal(
            [
                "--min-crop is called --scale now; the old name goes with the next version.",
                "--flip is called --hflip 0.5 now; the old name goes with the next version.",
            ],
            notebook.Displays.Select(shown => Assert.IsType<View>(shown.Value).ToString())
        );
    }

    [Fact]
    public async Task Both_names_at_once_are_refused_before_anything_runs()
    {
        var parsed = Parse("cut --flip --hflip 0.1");
        var refused = await Assert.ThrowsAsync<CommandException>(() =>
            parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false })
        );
        Assert.Equal("--flip is the old name of --hflip, and both are there: keep --hflip.", refused.Message);
        Assert.Empty(seen);
    }

    [Fact]
    public void A_wrong_value_is_refused_under_the_name_that_was_written()
    {
        Assert.Contains("--min-crop", Assert.Single(Parse("cut --min-crop little").Errors).Message);
        Assert.Single(Parse("cut --flip sometimes").Errors);
    }

    [Fact]
    public void Old_names_are_neither_listed_nor_completed()
    {
        Assert.DoesNotContain(Parse("cut --").GetCompletions(), item => item.Label is "--flip" or "--min-crop");
        Assert.Contains(Parse("cut --").GetCompletions(), item => item.Label == "--hflip");
    }

    private ParseResult Parse(string line) => new RootCommand { Command() }.Parse(line);

    private Command Command()
    {
        var command = new Command("cut") { scale, flip };
        command.OldName(notebook, "--min-crop", scale);
        command.OldName(notebook, "--flip", flip, "0.5");
        command.SetWork(
            (parsed, _) =>
                seen.Add(
                    FormattableString.Invariant(
                        $"scale [{string.Join(", ", parsed.GetValue(scale) ?? [])}] flip {parsed.GetValue(flip)} given {parsed.IsGiven(flip)}"
                    )
                )
        );
        return command;
    }
}
