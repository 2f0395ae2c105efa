using System.CommandLine;
using System.CommandLine.Completions;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Runner;
using Tests;

namespace Notebook.Tests;

public sealed class MagicTests : IDisposable
{
    private readonly Cells cells = new(new TrainingExtension());

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task Magics_and_code_run_in_the_order_of_the_cell() =>
        Assert.Equal(
            "stdout: before\\n\nstdout: training small for 3 epochs\\n\nresult: 3",
            await cells.Run("Console.WriteLine(\"before\");\n#!train --epochs 3\nepochs")
        );

    [Fact]
    public async Task Quoted_words_stay_together() =>
        Assert.Equal("stdout: training a b for 1 epochs\\n", await cells.Run("#!train --name \"a b\""));

    [Fact]
    public async Task Help_is_shown()
    {
        await cells.Run("#!train --help");
        var help = Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data;
        Snapshot.Match(help["text/plain"]);
        Snapshot.Match(help["text/html"], "html");
    }

    [Fact]
    public void Help_explains_values_that_come_with_an_explanation()
    {
        var colour = new Option<string>("--colour") { Description = "The colour.", HelpName = "name" };
        colour.CompletionSources.Add(_ =>
            [
                new CompletionItem("red", sortText: "0", documentation: "As <blood>."),
                new CompletionItem("blue", sortText: "1", documentation: "As the sky."),
            ]
        );

        var help = new MagicHelp(new Command("paint", "Paints.") { colour }).ToBundle();

        Snapshot.Match(help["text/plain"]);
        Snapshot.Match(help["text/html"], "html");
    }

    [Fact]
    public void Help_has_options_by_group_and_first_those_in_none()
    {
        var (rate, size, seed) = (new Option<int>("--rate"), new Option<int>("--size"), new Option<int>("--seed"));
        OptionGroups.Put("Schedule", rate);
        OptionGroups.Put("Images", size);

        var help = new MagicHelp(new Command("fit", "Fits.") { rate, seed, size }).ToBundle();

        var lines = $"{help["text/plain"]}".Split('\n').Select(line => line.Trim().Split(' ')[0]);
        string[] expected = ["Fits.", "Usage:", "--seed", "--help", "Schedule:", "--rate", "Images:", "--size"];
        Assert.Equal(expected, lines.Where(line => line.Length > 0));
        Assert.Contains("<p>Schedule:</p>", $"{help["text/html"]}");
    }

    [Fact]
    public async Task The_magics_are_listed()
    {
        await cells.Run("#!lsmagic");
        Snapshot.Match(Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data["text/plain"]);
    }

    [Theory]
    [InlineData("#!train --epoch 3", "#!train has no option '--epoch'. Did you mean '--epochs'?")]
    [InlineData(
        "#!train --zzz",
        "#!train has no option '--zzz'. Its options are --epochs, --size, --pace, --name, --help."
    )]
    [InlineData(
        "#!train extra",
        "#!train does not know what to do with 'extra'. Its options are --epochs, --size, --pace, --name, --help."
    )]
    [InlineData("#!train --epochs many", "#!train: --epochs cannot be 'many'. It takes a whole number.")]
    [InlineData("#!train --size huge", "#!train: --size cannot be 'huge'. It is one of large, small.")]
    [InlineData("#!train --pace slow", "#!train: --pace cannot be 'slow'. It is one of Steady, Fast.")]
    [InlineData("#!train --epochs", "#!train: Required argument missing for option: '--epochs'.")]
    [InlineData("#!trian", "There is no magic '#!trian'. Did you mean '#!train'?")]
    [InlineData("#!markdwon", "There is no magic '#!markdwon'. Did you mean '#!markdown'?")]
    [InlineData("#!fly", "There is no magic '#!fly'. '#!lsmagic' lists those there are.")]
    [InlineData("#!train --epochs 0", "The number of epochs should be at least 1, not 0.")]
    [InlineData("#!train --name library", "The library says it in one sentence.")]
    public async Task What_is_wrong_is_said_in_one_sentence(string cell, string sentence)
    {
        await cells.Run(cell);
        var error = Assert.IsType<ErrorOutput>(Assert.Single(cells.Outputs));
        Assert.Equal(sentence, error.Value);
        Assert.Equal([sentence], error.Traceback);
    }

    [Fact]
    public async Task A_librarys_sentence_from_a_cell_names_the_line_and_no_frame()
    {
        await cells.Run("var one = 1;\nthrow new Notebook.Tests.LibraryException(\"From C#, alone.\");");
        var error = Assert.IsType<ErrorOutput>(Assert.Single(cells.Outputs));
        Assert.Equal("From C#, alone.", error.Value);
        Assert.Equal(["From C#, alone.", "    at cell 1, line 2"], error.Traceback);
    }

    [Fact]
    public async Task Nothing_below_a_failed_magic_runs() =>
        Assert.DoesNotContain("after", await cells.Run("#!train --epochs 0\nConsole.Write(\"after\");"));

    [Fact]
    public async Task A_magic_gets_the_cells_token()
    {
        using var interrupt = new CancellationTokenSource();
        var result = await cells.Host.ExecuteAsync("#!train --name forever", _ => interrupt.Cancel(), interrupt.Token);
        Assert.True(result.Cancelled);
    }

    [Fact]
    public async Task A_magic_of_a_name_that_is_taken_is_refused()
    {
        Assert.Throws<ArgumentException>(() => cells.Host.AddMagic(new Command("train")));
        Assert.Throws<ArgumentException>(() => cells.Host.AddMagic(new Command("markdown")));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Markdown_html_and_javascript_are_shown()
    {
        await cells.Run(
            "#!markdown\n# Title\n#!train is text here\n#!html\n<b>x</b>\n#!javascript\nlet y = 1;\n#!csharp\n1 + 1"
        );
        Assert.Equal(
            [
                "text/markdown, text/html, text/plain",
                "text/html, text/plain",
                "application/javascript, text/html, text/plain",
            ],
            cells.Outputs.OfType<DisplayOutput>().Select(display => string.Join(", ", display.Data.Types))
        );
        Assert.Equal("# Title\n#!train is text here", ((DisplayOutput)cells.Outputs[0]).Data["text/markdown"]);
        Assert.IsType<ResultOutput>(cells.Outputs[^1]);
    }

    [Fact]
    public async Task Time_is_told_after_the_rest() =>
        Assert.Matches("^result: 2\ndisplay: Wall time: [0-9.]+ m?s$", await cells.Run("#!time\n1 + 1"));

    internal sealed class TrainingExtension : INotebookExtension
    {
        public string Name => "Training";

        public void Load(INotebook notebook)
        {
            var epochs = new Option<int>("--epochs", "-e")
            {
                Description = "How often to see every image.",
                DefaultValueFactory = _ => 1,
            };
            var size = new Option<string>("--size")
            {
                Description = "The network.",
                DefaultValueFactory = _ => "small",
            };
            size.AcceptOnlyFromAmong("small", "large");
            var pace = new Option<Pace>("--pace") { Description = "How fast to learn." };
            var name = new Option<string?>("--name")
            {
                Description = "The variable to keep the run in.",
                HelpName = "variable",
            };
            var command = new Command("train", "Trains a network.") { epochs, size, pace, name };
            command.SetAction(
                async (parsed, cancellation) =>
                {
                    var count = parsed.GetValue(epochs);
                    var what = parsed.GetValue(name) ?? parsed.GetValue(size)!;
                    if (count < 1)
                    {
                        throw new CommandException($"The number of epochs should be at least 1, not {count}.");
                    }

                    if (what == "library")
                    {
                        throw new LibraryException("The library says it in one sentence.");
                    }

                    Console.WriteLine($"training {what} for {count} epochs");
                    await Task.Delay(what == "forever" ? Timeout.Infinite : 0, cancellation);
                    notebook.SetVariable("epochs", count);
                }
            );
            notebook.AddMagic(command);
            notebook.AddMessageException(typeof(LibraryException));
            notebook.AddReference(typeof(LibraryException).Assembly);
        }
    }

    private enum Pace
    {
        Steady,
        Fast,
    }
}

/// <summary>The exception of a library whose messages are for the user.</summary>
public sealed class LibraryException(string message) : Exception(message);
