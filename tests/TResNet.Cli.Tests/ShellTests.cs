using System.Text.RegularExpressions;
using Notebook.Outputs;

namespace TResNet.Cli.Tests;

public sealed partial class ShellTests
{
    [Theory]
    [InlineData("train --batch-size 0", "tresnet: The batch size is 0, but it has to be from 2 to 65,536 images")]
    [InlineData("train --data missing/", "tresnet: There is no data set or folder 'missing/'")]
    [InlineData("build --model tresnet_q", "tresnet: There is no model 'tresnet_q': did you mean")]
    [InlineData("build --set attention=ecca", "tresnet: attention cannot be 'ecca', did you mean eca? It takes none,")]
    [InlineData("build --input-size 33", "tresnet: The input is 33x33 pixels")]
    [InlineData("run missing.dib", "tresnet: There is no notebook 'missing.dib'.")]
    [InlineData("run missing.dib --summary", "tresnet: There is no notebook 'missing.dib'.")]
    [InlineData("run a.dib --html page.txt", "tresnet: --html page.txt does not end in .html")]
    [InlineData("run a.dib --out page.txt", "tresnet: --out page.txt is neither html, ipynb nor a file that ends so")]
    [InlineData("run a.dib --param epochs", "tresnet: The parameter 'epochs' has no value: write name=value")]
    [InlineData("run a.dib --params-file none.json", "tresnet: There is no parameters file 'none.json'.")]
    [InlineData("run a.dib --timeout 0", "tresnet: The timeout is 0 s, but it has to be above 0")]
    [InlineData("new notes.txt", "tresnet: 'notes.txt' ends in .txt; a notebook ends in .ipynb or .dib")]
    [InlineData("convert a.dib b.docx", "tresnet: There is no notebook 'a.dib'.")]
    [InlineData("jupyter install --name My/Kernel", "'My/Kernel' cannot name a kernel")]
    public Task Work_that_fails_is_one_sentence_and_exit_code_1(string line, string sentence) =>
        IsOneSentence(line, sentence, code: 1);

    [Theory]
    [InlineData("trian", "tresnet does not know 'trian'. Did you mean 'train'? 'tresnet --help' explains.")]
    [InlineData("train --epohcs 3", "tresnet train has no option '--epohcs'. Did you mean '--epochs'?")]
    [InlineData("train --epochs many", "--epochs cannot be 'many'. It takes a whole number")]
    [InlineData("profile --mode fast", "--mode cannot be 'fast'. It is one of both, inference, train")]
    [InlineData("models --jsn", "tresnet: There is no option '--jsn': did you mean --json or --csv?")]
    [InlineData(
        "predict a.png --nothing-like-it",
        "There is no option '--nothing-like-it'; --help lists those there are"
    )]
    [InlineData("models --json --csv", "tresnet: --json and --csv print the same results in different ways")]
    [InlineData("completion tcsh", "<shell> cannot be 'tcsh'. It is one of bash, fish, pwsh, zsh")]
    [InlineData("build --set", "tresnet build: Required argument missing for option: '--set'; 'tresnet build --help'")]
    [InlineData("run a.dib --timeout soon", "--timeout cannot be 'soon'. It takes a number")]
    [InlineData("new a --template big", "--template cannot be 'big'. It is one of blank, profile, train")]
    [InlineData("run a.dib --html ", "tresnet: --html is empty, as a shell's variable is that was never set: give it")]
    [InlineData("convert a.dib ", "tresnet: <to> is empty, as a shell's variable")]
    [InlineData("profile --trace ", "tresnet: --trace is empty, as a shell's variable")]
    [InlineData("train --output ", "tresnet: --output is empty, as a shell's variable")]
    [InlineData("run", "tresnet run: ")]
    [InlineData("run a.dib --jobs 0", "tresnet run: --jobs 0 runs nothing: give it 1 or more")]
    [InlineData("run a.dib --jobs many", "--jobs cannot be 'many'. It takes a whole number")]
    [InlineData("run a.dib --other-languages F#", "--other-languages cannot be 'F#'. It is one of skip, stop")]
    [InlineData("run a.dib --output-dir pages", "tresnet: --output-dir pages says where and nothing says what: add")]
    public Task Wrong_usage_is_one_sentence_and_exit_code_2(string line, string sentence) =>
        IsOneSentence(line, sentence, code: 2);

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help train", "train --help")]
    [InlineData("help jupyter install", "jupyter install --help")]
    public async Task Help_is_a_command_too(string line, string option)
    {
        var (command, asked) = (await ShellRun.Of(line.Split(' ')), await ShellRun.Of(option.Split(' ')));

        Assert.Equal(0, command.Code);
        Assert.Equal(asked.Output, command.Output);
        Assert.NotEmpty(asked.Output);
    }

    [Fact]
    public void Every_command_stands_in_the_help()
    {
        var root = Shell.Commands(new Terminal(TextWriter.Null, false, 100));

        var help = HelpText.For(root.Parse("").RootCommandResult, 100);

        Assert.All(root.Subcommands, command => Assert.Contains($"\n  {command.Name}", help));
    }

    private static async Task IsOneSentence(string line, string sentence, int code)
    {
        var run = await ShellRun.Of(line.Split(' '));

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(sentence, run.Errors);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", run.Errors);
    }

    [Fact]
    public async Task Models_are_listed_as_aligned_text_where_the_output_is_a_file()
    {
        var run = await ShellRun.Of(["models", "resnet50"]);

        Assert.Equal(0, run.Code);
        Assert.Contains(
            "resnet50  ResNet  2015    224       25.6M          4.09G  79.0% [1]  1512.03385\n",
            run.Output
        );
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Models_are_listed_in_a_table_with_rules_on_a_terminal()
    {
        var run = await ShellRun.Of(["models", "resnet50"], live: true);

        Assert.Contains("───", run.Output);
        Assert.Contains("4.09G", run.Output);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task A_table_on_a_terminal_leaves_out_columns_rather_than_break_lines(int width)
    {
        using var output = new StringWriter { NewLine = "\n" };
        await Shell.RunAsync(["models", "tresnet*"], new Terminal(output, true, width), TextWriter.Null, default);

        var lines = AnsiSequence().Replace(output.ToString(), "").Split('\n');
        var row = Assert.Single(lines, line => line.Contains(" tresnet_m ", StringComparison.Ordinal));
        Assert.Contains("80.8% [1]", row);
        Assert.Equal(width > 100, row.Contains("2003.13630", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")]
    private static partial Regex AnsiSequence();

    [Fact]
    public async Task A_variant_is_built_under_its_own_name()
    {
        var run = await ShellRun.Of([
            "build",
            "--model",
            "tresnet_nano",
            "--set",
            "attention=eca",
            "--set",
            "pool=max",
        ]);

        Assert.StartsWith("tresnet_nano + attention=eca + pool=max · 393k parameters", run.Output);
        Assert.DoesNotContain("<svg", run.Output);
        Assert.DoesNotContain("stage 1", run.Output);
    }

    [Fact]
    public async Task Progress_is_rewritten_on_a_terminal_and_left_out_of_a_file()
    {
        string[] line = ["profile", "--model", "tresnet_nano", "--batch-size", "2", "--rounds", "3", "--totals"];
        var (terminal, file) = (await ShellRun.Of(line, live: true), await ShellRun.Of(line));

        Assert.Contains("\r\u001b[2K", terminal.Output);
        Assert.Contains("round 3 of 3", terminal.Output);
        Assert.DoesNotContain("round 3", file.Output);
        Assert.StartsWith("model         parameters  multiply-adds  mode       images/s", file.Output);
    }
}
