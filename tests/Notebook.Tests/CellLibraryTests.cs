using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>What scripts do not take and cells do: namespaces, extension methods; warnings, Debug, outputs without end, tables that sort.</summary>
public sealed class CellLibraryTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task A_namespace_is_used_in_its_own_cell_and_later_ones()
    {
        Assert.Equal(
            "",
            await cells.Run(
                "namespace Tea.Pots { class Pot(int cups) { public int Cups => cups; } }\nusing Tea.Pots;\nvar pot = new Pot(3);"
            )
        );
        Assert.Equal("result: 4", await cells.Run("new Pot(pot.Cups + 1).Cups"));
    }

    [Fact]
    public async Task A_file_with_a_namespace_at_its_top_is_a_cell() =>
        Assert.Equal(
            "result: hello",
            await cells.Run(
                "namespace Words;\n\npublic static class Greeting { public const string Text = \"hello\"; }",
                "Words.Greeting.Text"
            )
        );

    [Fact]
    public async Task Extension_methods_work_as_a_class_a_block_and_a_method()
    {
        Assert.Equal(
            "result: 8",
            await cells.Run("static class Twos { public static int Twice(this int number) => 2 * number; }\n4.Twice()")
        );
        Assert.Equal(
            "result: 12",
            await cells.Run(
                "static class Threes { extension(int number) { public int Thrice => 3 * number; } }\n4.Thrice"
            )
        );
        Assert.Equal(
            "result: 20",
            await cells.Run("static int Fivefold(this int number) => 5 * number;", "4.Twice().Thrice.Fivefold() / 6")
        );
    }

    [Fact]
    public async Task A_namespace_sees_the_usings_and_libraries_of_the_session() =>
        Assert.Equal(
            "result: <1, 2>",
            await cells.Run(
                "using System.Numerics;",
                "namespace Geometry { public static class Places { public static Vector2 Here => new(1, 2); } }",
                "namespace Geometry.More { public static class Others { public static string There => Places.Here.ToString(); } }",
                "Geometry.More.Others.There"
            )
        );

    [Fact]
    public async Task A_namespace_that_is_run_again_takes_the_place_of_the_old_one()
    {
        await cells.Run(
            "namespace Tea { public class Cup { public int Size => 1; } }\nvar old = new Tea.Cup();",
            "namespace Tea { public class Cup { public int Size => 2; } }"
        );

        Assert.Equal("result: 2", await cells.Run("new Tea.Cup().Size"));
        Assert.Contains(
            "The variable old holds a value of a type whose cell was run again since",
            await cells.Run("old.Size")
        );
        Assert.Equal("result: 2", await cells.Run("old = new Tea.Cup();", "var old = new Tea.Cup();\nold.Size"));
    }

    [Fact]
    public async Task What_is_wrong_in_a_namespace_has_its_line_and_its_frames()
    {
        Assert.StartsWith(
            "error CompilationError: (3,31): CS0103: The name 'nonsense' does not exist in the current context",
            await cells.Run(
                "var before = 1;\nnamespace Tea { public static class Pot {\n    public static int Size => nonsense; } }"
            )
        );
        var thrown = await cells.Run(
            "namespace Tea { public static class Kettle {\n    public static void Boil() => throw new InvalidOperationException(\"dry\");\n} }",
            "Tea.Kettle.Boil()"
        );
        Assert.Contains("InvalidOperationException: dry", thrown);
        Assert.Contains("line 2", thrown);
    }

    [Fact]
    public async Task A_loop_in_a_namespace_is_interrupted()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        var result = await cells.Host.ExecuteAsync(
            "namespace Endless { public static class Loop { public static void Run() { while (true) { } } } }\nEndless.Loop.Run();",
            _ => { },
            stop.Token
        );

        Assert.True(result.Cancelled);
    }

    [Fact]
    public async Task A_warning_is_said_once_and_annotations_for_null_are_none()
    {
        const string Cell = "async Task Later() { }\nLater();";

        Assert.Contains("stderr: warning: line 2: Because this call is not awaited", await cells.Run(Cell));
        Assert.Equal("", await cells.Run(Cell));
        Assert.Equal("result: True", await cells.Run("string? nothing = null;", "nothing is null"));
    }

    [Fact]
    public async Task Debug_and_Trace_appear_below_the_cell_and_a_failed_assertion_is_an_exception()
    {
        Assert.Equal("stdout: a\\n\nstdout: b\\n", await cells.Run("Debug.WriteLine(\"a\"); Trace.WriteLine(\"b\");"));
        Assert.Contains(
            "InvalidOperationException: An assertion failed: one is two",
            await cells.Run("Debug.Assert(1 == 2, \"one is two\");")
        );
    }

    [Fact]
    public async Task Output_without_end_is_cut_with_a_note()
    {
        var text = await cells.Run(
            "for (var i = 0; i < 400; i++) Console.WriteLine(new string('x', 10_000));\n\"after\""
        );

        Assert.Contains(
            "[The cell wrote more than 1,000,000 characters; the rest is not shown. Write it to a file instead.]",
            text
        );
        Assert.EndsWith("result: after", text);
        Assert.InRange(text.Length, 1_000_000, 1_100_000);
        Assert.EndsWith("[cut: the value has 3,000,000 characters]", await cells.Run("new string('y', 3_000_000)"));
        Assert.Equal("stdout: again\\n", await cells.Run("Console.WriteLine(\"again\");"));
    }

    [Fact]
    public async Task A_table_of_a_sequence_sorts()
    {
        await cells.Run("new[] { new { Name = \"a\", Size = 2 }, new { Name = \"b\", Size = 10 } }");

        var html = Assert.IsType<ResultOutput>(Assert.Single(cells.Outputs)).Data["text/html"];
        Assert.Contains("<thead style=\"cursor:pointer\" title=\"Click to sort\" onclick=\"", html);
        Assert.Contains("aria-sort", html);
    }
}
