using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>The magics for variables, imports and diagrams, and those of .NET Interactive that are not here.</summary>
public sealed class SessionMagicTests : IDisposable
{
    private readonly Cells cells = new(new MagicTests.TrainingExtension());
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("magics-");

    public void Dispose()
    {
        cells.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Variables_are_named_and_listed_with_types_and_values()
    {
        Assert.Equal("display: There are no variables.", await cells.Run("#!who"));
        await cells.Run(
            "var words = new List<string> { \"a\" }; int? none = null; var pair = (1, \"x\"); object nothing = null;"
        );

        Assert.Equal("display: none\nnothing\npair\nwords", await cells.Run("#!who"));
        var lines = (await cells.Run("#!whos"))["display: ".Length..].Split('\n');
        Assert.Equal(["none", "nothing", "pair", "words"], lines.Select(line => line.Split(' ')[0]));
        Assert.Matches("^words +List<string> +.*a", lines[3]);
    }

    [Theory]
    [InlineData("#!set --name greeting --value hello", "greeting", "result: hello")]
    [InlineData("#!set --name copy --value @number", "copy + 1", "result: 6")]
    [InlineData("#!set --name copy --value @csharp:number", "copy + 1", "result: 6")]
    [InlineData("#!set --name greeting --value \"two words\"", "greeting.Length", "result: 9")]
    [InlineData("#!share number --as count", "count * 2", "result: 10")]
    public async Task A_variable_is_set(string magic, string expression, string expected) =>
        Assert.Equal(expected, await cells.Run("var number = 5;", magic, expression));

    [Theory]
    [InlineData("#!value --name note\nsome\ntext", "some\ntext")]
    [InlineData("#!value --name note --from-value \"two words\"", "two words")]
    [InlineData("#!value --name note --from-value @word", "tea")]
    public async Task A_text_is_kept_and_shared(string magic, string expected)
    {
        await cells.Run(
            "var word = \"tea\";",
            magic,
            "#!share --from value note",
            "#!set --name again --value @value:note"
        );

        Assert.Equal(expected, cells.Host.TryGetVariable("note", out var note) ? note : null);
        Assert.Equal(expected, cells.Host.TryGetVariable("again", out var again) ? again : null);
    }

    [Fact]
    public async Task A_text_is_kept_from_a_file_and_shown_as_what_it_is()
    {
        var file = Path.Combine(folder.FullName, "note.html");
        await File.WriteAllTextAsync(file, "<b>note</b>");

        await cells.Run($"#!value --name note --from-file \"{file}\" --mime-type text/html");

        Assert.Equal("<b>note</b>", Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data["text/html"]);
        Assert.Contains(
            "#!value takes its text from one place, and there are --from-file and the lines below: leave one.",
            await cells.Run($"#!value --name note --from-file \"{file}\"\nmore")
        );
        Assert.Contains("cannot be read", await cells.Run("#!value --name note --from-file no-such-file"));
        Assert.Contains("--from-url tea is no address", await cells.Run("#!value --name note --from-url tea"));
        Assert.Contains("cannot be fetched", await cells.Run("#!value --name note --from-url https://127.0.0.1:1"));
        Assert.Contains("#!value has no text", await cells.Run("#!value --name note"));
        Assert.Contains("#!value keeps nothing called 'tea', but note.", await cells.Run("#!share --from value tea"));
    }

    [Theory]
    [InlineData("#!set --name a --value @input", "Please enter a value for --value: ", false)]
    [InlineData("#!set --name a --value @input:\"Your name\"", "Your name", false)]
    [InlineData("#!set --name a --value @input:{ \"prompt\": \"Your name\", \"type\": \"file\" }", "Your name", false)]
    [InlineData("#!set --name a --value @password:{\"prompt\":\"Your key\"}", "Your key", true)]
    [InlineData("#!set --value @input:{ \"prompt\": \"a } b\", \"type\": \"password\" } --name a", "a } b", true)]
    [InlineData("#!value --name a --from-value @password:Key", "Key", true)]
    public async Task A_magic_asks(string cell, string prompt, bool isPassword)
    {
        var asked = new List<InputQuestion>();

        await cells.Host.ExecuteAsync(
            cell,
            _ => { },
            ask: (question, _) =>
            {
                asked.Add(question);
                return "answer";
            }
        );

        Assert.Equal([new InputQuestion(prompt, isPassword)], asked);
        await cells.Run("#!set --name a --value @value:a");
        Assert.Equal("answer", cells.Host.TryGetVariable("a", out var answer) ? answer : null);
    }

    [Theory]
    [InlineData(
        "@password:{ \"prompt\": \"Key\", \"saveAs\": \"mine\" }",
        "The answer is to be saved as 'mine', and this kernel keeps no secrets"
    )]
    [InlineData("@input:{ prompt }", "is no question: write @input:")]
    public async Task A_question_that_cannot_be_asked_says_so(string question, string expected) =>
        Assert.Contains(expected, await cells.Run($"#!set --name a --value {question}"));

    [Theory]
    [InlineData("#!javascript\n#!set --name my-data --value x")]
    [InlineData("#!javascript\n#!set --name class --value x")]
    public async Task A_name_that_JavaScript_does_not_take_is_refused(string cell)
    {
        Assert.Contains("cannot name a variable of JavaScript", await cells.Run(cell));

        await cells.Run("#!javascript\n1");
        Assert.Equal("1", ((DisplayOutput)cells.Outputs[0]).Data["application/javascript"]);
    }

    [Fact]
    public async Task Variables_are_handed_over_in_the_language_that_gets_them()
    {
        await cells.Run(
            "var x = 1;",
            "#!javascript\n#!share --from csharp x\n#!set --value @csharp:x --name y\nconsole.log(x + y);"
        );

        Assert.Equal(
            "{\nconst x = 1;\nconst y = 1;\nconsole.log(x + y);\n}",
            Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data["application/javascript"]
        );
        Assert.DoesNotContain("y", cells.Host.VariableNames);
    }

    [Theory]
    [InlineData("await kernel.root.send({ commandType: 'SubmitCode' });", "kernel.root")]
    [InlineData("new polyglotNotebooks.KernelCommandEnvelope();", "polyglotNotebooks")]
    public async Task A_script_that_asks_for_the_kernel_is_told_what_to_do(string script, string asked)
    {
        var said = await cells.Run($"#!javascript\n{script}");

        Assert.Contains($"stderr: '{asked}' is of .NET Interactive's page and not here: #!share gives", said);
        Assert.DoesNotContain("stderr", await cells.Run("#!javascript\nlet kernel = 1; console.log(kernel);"));
    }

    [Fact]
    public async Task A_shared_variable_is_there_in_JavaScript()
    {
        await cells.Run(
            "var rows = new[] { new { Name = \"a\", Count = 2 } };",
            "#!share rows",
            "#!javascript\nconsole.log(rows[0].Name);"
        );

        Assert.Equal(
            "{\nconst rows = [{\"Name\":\"a\",\"Count\":2}];\nconsole.log(rows[0].Name);\n}",
            Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data["application/javascript"]
        );
    }

    [Fact]
    public async Task An_imported_file_runs_as_if_it_stood_in_the_cell()
    {
        var dib = Path.Combine(folder.FullName, "more.dib");
        await File.WriteAllTextAsync(
            dib,
            "#!csharp\n\nvar fromDib = 1;\n\n#!markdown\n\n# Not run\n\n#!csharp\n\n#!train --epochs 4\n"
        );
        var script = Path.Combine(folder.FullName, "more.csx");
        await File.WriteAllTextAsync(script, "int Twice(int x) => 2 * x;");

        Assert.Equal(
            "stdout: training small for 4 epochs\\n\nresult: 10",
            await cells.Run($"#!import {dib}\n#!import {script}\nTwice(fromDib + epochs)")
        );
    }

    [Fact]
    public async Task An_import_that_fails_says_where()
    {
        var bad = Path.Combine(folder.FullName, "bad.cs");
        await File.WriteAllTextAsync(bad, "var before = 1;\nnonsense");

        var text = await cells.Run($"#!import {bad}");

        Assert.Contains("nonsense", text);
        Assert.EndsWith("was imported up to the cell that failed.", text);
        Assert.Contains("name a notebook (.dib, .ipynb) or C#", await cells.Run("#!import notes.txt"));
        Assert.Contains("There is no notebook 'none.dib'.", await cells.Run("#!import none.dib"));
    }

    [Fact]
    public async Task About_names_the_kernel_its_extensions_and_what_it_runs_on()
    {
        var text = await cells.Run("#!about");

        Assert.Contains("Extensions  Training", text);
        Assert.Contains("Runs on     .NET 10.", text);
    }

    [Fact]
    public async Task A_diagram_comes_with_the_library_once_a_session()
    {
        await cells.Run("#!mermaid\ngraph LR; A-->B");
        var first = Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data;
        await cells.Run("#!mermaid\ngraph LR; B-->C");
        var second = Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data;

        Assert.Equal(["text/vnd.mermaid", "text/html", "text/plain"], first.Types);
        Assert.True(first["text/html"].Length > 1_000_000);
        Assert.Contains("replace(/</g,", first["text/html"]);
        Assert.InRange(second["text/html"].Length, 100, 2000);
        Assert.Equal("graph LR; B-->C", second["text/plain"]);
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1", "'#!fsharp' of .NET Interactive is not here: this kernel runs C# alone")]
    [InlineData("#!pwsh\nls", "start a program with System.Diagnostics.Process")]
    [InlineData("#!sql\nselect 1", "query it from C#")]
    [InlineData("#!connect mssql", "there are no other kernels to connect to")]
    [InlineData("#!share --from fsharp x", "cannot take variables from 'fsharp'")]
    [InlineData("#!share missing", "There is no variable 'missing'. #!who names those there are.")]
    [InlineData("#!set --name a --value @nmber", "There is no variable 'nmber'. Did you mean 'number'?")]
    [InlineData("#!set --name 1a --value b", "'1a' cannot name a variable")]
    public async Task What_is_not_here_says_what_does_instead(string cell, string expected) =>
        Assert.Contains(expected, await cells.Run("var number = 5;", cell));
}
