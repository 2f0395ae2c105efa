using Notebook.Outputs;

namespace Notebook.Tests;

/// <summary>The API of .NET Interactive that notebooks call: the context of the running cell, the kernels, questions, what packages display.</summary>
public sealed class DotNetInteractiveTests : IDisposable
{
    private const string Usings = """
        using Microsoft.DotNet.Interactive;
        using Microsoft.DotNet.Interactive.Commands;
        using Microsoft.DotNet.Interactive.Events;

        """;

    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task What_is_displayed_in_the_context_comes_out_of_the_cell_in_order()
    {
        Assert.Equal(
            """
            stdout: a\n
            display: b
            display: <>f__AnonymousType0#1<Int32>
                  C: 1
            stdout: d\n
            """,
            await cells.Run(
                Usings
                    + """
                    Console.WriteLine("a");
                    KernelInvocationContext.Current.DisplayAs("b", "text/markdown");
                    KernelInvocationContext.Current.Display(new { C = 1 });
                    Console.WriteLine("d");
                    """
            )
        );
        Assert.Equal("b", ((DisplayOutput)cells.Outputs[1]).Data["text/markdown"]);
    }

    [Fact]
    public async Task A_displayed_value_is_of_their_type_and_is_updated_once()
    {
        Assert.Equal(
            "display: 1\nupdate: 2\nupdate: 3",
            await cells.Run(
                "static void Next(Microsoft.DotNet.Interactive.Formatting.DisplayedValue shown, int value) => shown.Update(value);\n"
                    + "var shown = 1.Display(\"text/plain\"); Next(shown, 2); Next(shown, 3);"
            )
        );
        // As soon as a kernel of theirs is there, it listens too.
        Assert.Equal(
            "display: 4\nupdate: 5",
            await cells.Run(Usings + "Kernel.Root.Name.ToString();", "var other = display(4); other.Update(5);")
        );
        Assert.Equal("update: 6", await cells.Run("shown.Update(6);"));
    }

    [Fact]
    public async Task Text_is_displayed_as_what_it_is_and_a_sequence_as_a_table()
    {
        await cells.Run("\"<b>x</b>\".DisplayAs(\"text/html\"); new[] { new { A = 1 } }.DisplayTable();");

        var shown = cells.Outputs.Cast<DisplayOutput>().ToList();
        Assert.Equal("<b>x</b>", shown[0].Data["text/html"]);
        Assert.Contains("<td><span>A</span></td>", shown[1].Data["text/html"]);
    }

    [Fact]
    public async Task What_a_cell_sends_runs_beside_it_and_leaves_its_variables()
    {
        Assert.Equal(
            """
            stdout: inside\n
            display: 84
            result: 84
            """,
            await cells.Run(
                Usings
                    + """
                    var sent = await Kernel.Root.SendAsync(new SubmitCode("var inner = 42; Console.WriteLine(\"inside\"); inner * 2"));
                    sent.Events.OfType<ReturnValueProduced>().Single().Value
                    """
            )
        );
        Assert.Equal("result: 43", await cells.Run("inner + 1"));
        Assert.Equal(2, cells.Host.ExecutionCount);
    }

    [Fact]
    public async Task Other_languages_are_sent_to_by_name()
    {
        await cells.Run(
            Usings
                + """
                await Kernel.Root.SendAsync(new SubmitCode("console.log(1)", "javascript"));
                await Kernel.Root.SendAsync(new SubmitCode("# Title", "markdown"));
                """
        );

        var shown = cells.Outputs.Cast<DisplayOutput>().ToList();
        Assert.Equal("console.log(1)", shown[0].Data["application/javascript"]);
        Assert.Equal("<h1>Title</h1>", shown[1].Data["text/html"].Trim());
    }

    [Fact]
    public async Task Magics_are_known_in_what_is_sent_and_what_is_wrong_with_them_is_a_sentence()
    {
        Assert.Equal(
            """
            display: here
            result: 0
            """,
            await cells.Run(
                "var here = 5;",
                Usings
                    + """
                    var sent = await Kernel.Root.SendAsync(new SubmitCode("#!who"));
                    sent.Events.OfType<CommandFailed>().Count()
                    """
            )
        );
        Assert.Equal(
            "result: 6",
            await cells.Run(
                Usings + "await Kernel.Root.SendAsync(new SubmitCode(\"#!set --name there --value 6\"));",
                "int.Parse(there)"
            )
        );

        var said = await cells.Run(
            Usings
                + """
                var wrong = await Kernel.Root.SendAsync(new SubmitCode("#!set --nonsense 6"));
                wrong.Events.OfType<CommandFailed>().Single().Message
                """
        );
        Assert.Contains("--nonsense", said);
        Assert.DoesNotContain("   at ", said);

        // What its command finds wrong.
        said = await cells.Run(
            Usings
                + """
                var refused = await Kernel.Root.SendAsync(new SubmitCode("#!import nowhere.dib"));
                refused.Events.OfType<CommandFailed>().Single().Message
                """
        );
        Assert.Contains("nowhere.dib", said);
    }

    [Fact]
    public async Task What_is_displayed_in_what_is_sent_comes_out_once()
    {
        Assert.Equal(
            "display: <b>x</b>\ndisplay: 5\nupdate: 6\ndisplay: <i>y</i>",
            await cells.Run(
                Usings
                    + "await Kernel.Root.SendAsync(new SubmitCode(\"\\\"<b>x</b>\\\".DisplayAs(\\\"text/html\\\"); var shown = 5.Display(); shown.Update(6);\"));"
                    + "\"<i>y</i>\".DisplayAs(\"text/html\");"
            )
        );
    }

    [Fact]
    public async Task What_is_sent_and_fails_says_so_and_the_cell_goes_on()
    {
        var said = await cells.Run(
            Usings
                + """
                var sent = await Kernel.Root.SendAsync(new SubmitCode("throw new Exception(\"oops\");"));
                sent.Events.OfType<CommandFailed>().Count()
                """
        );

        Assert.StartsWith("stderr: Exception: oops", said);
        Assert.EndsWith("result: 1", said);
        Assert.True(cells.Result.Succeeded);
    }

    [Fact]
    public async Task A_cell_fails_that_says_so_of_itself()
    {
        Assert.Equal(
            "error Failure: No tea.\nNo tea.",
            await cells.Run(
                Usings
                    + "var context = KernelInvocationContext.Current; context.Fail(context.Command, message: \"No tea.\");"
            )
        );
        Assert.Equal("result: 2", await cells.Run("1 + 1"));
    }

    [Fact]
    public async Task Values_are_sent_and_asked_for()
    {
        Assert.Equal(
            "result: 7",
            await cells.Run(
                "var here = 7;",
                Usings
                    + """
                    await Kernel.Root.SendAsync(new SendValue("there", 5, null, targetKernelName: "csharp"));
                    var asked = await Kernel.Root.SendAsync(new RequestValue("here", targetKernelName: "csharp"));
                    asked.Events.OfType<ValueProduced>().Single().Value
                    """
            )
        );
        Assert.Equal("result: 6", await cells.Run("there + 1"));
    }

    [Fact]
    public async Task Questions_are_answered_by_the_reader()
    {
        var asked = new List<InputQuestion>();
        var outputs = new List<Output>();

        await cells.Host.ExecuteAsync(
            Usings
                + "(await Kernel.GetInputAsync(\"Name\")) + (await Kernel.GetPasswordAsync(\"Key\")).GetClearTextPassword().Length",
            outputs.Add,
            ask: (question, _) =>
            {
                asked.Add(question);
                return question.Prompt + "!";
            }
        );

        Assert.Equal("result: Name!4", Cells.Describe(outputs));
        Assert.Equal([new InputQuestion("Name", false), new InputQuestion("Key", true)], asked);
    }

    [Fact]
    public async Task A_question_that_nobody_answers_fails_with_the_sentence()
    {
        var said = await cells.Run(Usings + "await Kernel.GetInputAsync(\"Name\")");

        Assert.Single(cells.Outputs);
        Assert.StartsWith("error Exception: The cell asks for input, and nobody can answer", said);
    }

    [Fact]
    public async Task The_context_is_cancelled_with_the_cell()
    {
        using var stop = new CancellationTokenSource();
        var outputs = new List<Output>();

        var result = await cells.Host.ExecuteAsync(
            Usings
                + """
                Console.WriteLine("on");
                while (!KernelInvocationContext.Current.CancellationToken.IsCancellationRequested)
                {
                    await Task.Delay(20, KernelInvocationContext.Current.CancellationToken);
                }
                """,
            output =>
            {
                outputs.Add(output);
                stop.CancelAfter(50);
            },
            stop.Token
        );

        Assert.True(result.Cancelled);
        Assert.Equal("result: 2", await cells.Run("1 + 1"));
    }

    [Fact]
    public async Task The_console_stays_the_cells_own()
    {
        await cells.Run(Usings + "Kernel.Root.ToString();");

        Assert.Equal(
            "stdout: a\\n\nstderr: b\\n",
            await cells.Run("Console.WriteLine(\"a\"); Console.Error.WriteLine(\"b\");")
        );
    }

    [Fact]
    public async Task Html_and_scripts_have_their_functions()
    {
        await cells.Run("Javascript(\"console.log(1)\"); HTML(\"<i>y</i>\")");

        Assert.Equal(
            "<script type=\"text/javascript\">console.log(1)</script>",
            ((DisplayOutput)cells.Outputs[0]).Data["text/html"]
        );
        Assert.Equal("<i>y</i>", ((ResultOutput)cells.Outputs[1]).Data["text/html"]);
    }
}
