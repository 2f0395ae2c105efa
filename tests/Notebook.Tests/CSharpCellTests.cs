using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

public sealed class CSharpCellTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task A_variable_lives_on_in_the_next_cell() =>
        Assert.Equal("result: 42", await cells.Run("var x = 41;", "x + 1"));

    [Fact]
    public async Task Usings_types_and_methods_live_on_too() =>
        Assert.Equal(
            "result: 6",
            await cells.Run(
                "using static System.Math; using System.Text.Json.Nodes;",
                "record Point(int X, int Y); int Area(Point p) => Abs(p.X * p.Y);",
                "JsonNode? node = null; Area(new Point(-2, 3))"
            )
        );

    [Fact]
    public async Task Only_an_expression_without_semicolon_is_shown() =>
        Assert.Equal("", await cells.Run("var x = 41;", "x.ToString();"));

    [Fact]
    public async Task A_null_result_is_shown_and_no_result_is_not()
    {
        Assert.Equal("result: <null>", await cells.Run("string? nothing = null;", "nothing"));
        Assert.Equal("stdout: hi\\n", await cells.Run("Console.WriteLine(\"hi\")"));
    }

    [Fact]
    public async Task Top_level_await_works() =>
        Assert.Equal(
            "result: 3",
            await cells.Run("var three = await Task.Run(async () => { await Task.Delay(1); return 3; });", "three")
        );

    [Fact]
    public async Task Console_output_and_displays_come_in_order() =>
        Assert.Equal(
            """
            stdout: one\n
            display: two
            stderr: three
            update: four
            display: five
            result: 5
            """,
            await cells.Run(
                """
                Console.WriteLine("one");
                var shown = "two".Display();
                Console.Error.Write("three");
                shown.Update("four");
                display("five");
                5
                """
            )
        );

    [Fact]
    public async Task What_other_threads_write_belongs_to_the_cell_that_started_them() =>
        Assert.Equal(
            "stdout: from a thread\\n\nstdout: from a task\\n",
            await cells.Run(
                """
                var thread = new Thread(() => Console.WriteLine("from a thread"));
                thread.Start();
                thread.Join();
                await Task.Run(() => Console.WriteLine("from a task"));
                """
            )
        );

    [Fact]
    public async Task Two_notebooks_keep_their_output_apart()
    {
        using var other = new Cells();
        var both = await Task.WhenAll(
            cells.Run("for (var i = 0; i < 5; i++) { Console.WriteLine(\"here\"); await Task.Delay(5); }"),
            other.Run("for (var i = 0; i < 5; i++) { Console.WriteLine(\"there\"); await Task.Delay(5); }")
        );
        Assert.DoesNotContain("there", both[0]);
        Assert.Equal(5, both[1].Split('\n').Length);
    }

    [Fact]
    public async Task An_exception_shows_the_frames_in_cells_alone() =>
        Assert.Equal(
            """
            error DivideByZeroException: Attempted to divide by zero.
            DivideByZeroException: Attempted to divide by zero.
                at Half, cell 1, line 1
                at Later, cell 2, line 1
                at cell 3, line 2
            """,
            await cells.Run(
                "int Half(int x) => x / 0;",
                "async Task<int> Later(int x) { await Task.Yield(); return Half(x); }",
                "\nawait Later(3)"
            )
        );

    [Fact]
    public async Task Frames_in_lambdas_and_types_are_named_as_the_user_wrote_them() =>
        Assert.Equal(
            """
            error InvalidOperationException: outer
            InvalidOperationException: outer
                at Box.Open, cell 1, line 3
                at cell 1, line 5
            caused by FormatException: inner
                at Box.Open, cell 1, line 3
            """,
            await cells.Run(
                """
                class Box
                {
                    public int Open() { try { throw new FormatException("inner"); } catch (Exception e) { throw new InvalidOperationException("outer", e); } }
                }
                Func<int> open = () => new Box().Open(); open()
                """
            )
        );

    [Fact]
    public async Task A_variable_assigned_before_an_exception_is_kept() =>
        Assert.Equal("result: 2", await cells.Run("var kept = 2; throw new Exception(\"no\");", "kept"));

    [Fact]
    public async Task A_compile_error_shows_line_column_and_code() =>
        Assert.Equal(
            """
            error CompilationError: (2,13): CS0103: The name 'y' does not exist in the current context
            line 2, column 13: CS0103: The name 'y' does not exist in the current context
                var x = 1 + y;
                            ^
            """,
            await cells.Run("#!time\nvar x = 1 + y;")
        );

    [Fact]
    public async Task Columns_are_right_inside_loops_too() =>
        Assert.StartsWith(
            """
            error CompilationError: (1,41): CS0103: The name 'missing' does not exist in the current context
            line 1, column 41: CS0103: The name 'missing' does not exist in the current context
                for (;;) while (true) Console.WriteLine(missing); var z = other;
                                                        ^^^^^^^
            line 1, column 59: CS0103
            """,
            await cells.Run("for (;;) while (true) Console.WriteLine(missing); var z = other;")
        );

    [Fact]
    public async Task A_syntax_error_is_shown_where_it_is() =>
        Assert.StartsWith("error CompilationError: (1,9): CS1525", await cells.Run("var x = ;"));

    [Theory]
    [InlineData("int Down(int n) => Down(n + 1) + 1;\nDown(0)", "Down, cell 2, line 1")]
    [InlineData("class Own { public int X => X; }\nnew Own().X", "Own.get_X, cell 2, line 1")]
    [InlineData("class Own { public Own Next { get; } = new(); }\nnew Own()", "Own..ctor, cell 2, line 1")]
    [InlineData(
        "class Own { public static Own operator +(Own a, Own b) => a + b; }\nnew Own() + new Own()",
        "Own.op_Addition, cell 2, line 1"
    )]
    [InlineData("Func<int, int> f = null; f = n => f(n + 1) + 1;\nf(0)", "cell 2, line 1")]
    [InlineData("Action f = null; f = () => f?.Invoke();\nf()", "cell 2, line 1")]
    [InlineData(
        "Func<int, int> f = null, g = null; f = n => g(n + 1) + 1; g = n => f.Invoke(n) + 1;\nf(0)",
        "cell 2, line 1"
    )]
    [InlineData("Action f = null; f = () => { f(); };\nf()", "cell 2, line 1")]
    [InlineData("{\n    int Down(int n) => Down(n + 1) + 1;\n    Down(0);\n}", "Down, cell 2, line 2")]
    [InlineData("{\n    void Down(int n) => Down(n + 1);\n    Down(0);\n}", "Down, cell 2, line 2")]
    [InlineData(
        "namespace Deep { public static class Own { public static void Down() => Down(); } }\nDeep.Own.Down();",
        "Own.Down, cell 2, line 1"
    )]
    [InlineData("void Down() => Down();\nTask.Run(Down).Wait();", "Down, cell 2, line 1")]
    public async Task Recursion_without_end_is_an_error_and_the_session_goes_on(string code, string place)
    {
        await cells.Run("var survivor = 7;");
        var sentence =
            $"The stack is full: recursion goes too deep at {place}. Give it an end that it reaches, or write it as a loop.";
        Assert.Equal($"error InsufficientExecutionStackException: {sentence}\n{sentence}", await cells.Run(code));
        Assert.Equal("result: 7", await cells.Run("survivor"));
    }

    // Roslyn's own fault: where it is mended, the cell has a value.
    [Fact]
    public async Task Where_the_compiler_itself_fails_a_sentence_says_so_and_the_session_goes_on()
    {
        var said = await cells.Run("var (a, b) = (unchecked((int)0x80000000), 0);");
        Assert.Contains(
            "The C# compiler itself failed on this cell (NullReferenceException): write it in other words",
            said
        );
        Assert.Equal("result: 7", await cells.Run("3 + 4"));
    }

    [Fact]
    public async Task Deep_recursion_that_ends_and_trees_of_expressions_are_left_alone()
    {
        Assert.Equal(
            "result: 50000",
            await cells.Run("Func<int, int> deep = null; deep = n => n == 0 ? 0 : 1 + deep(n - 1); deep(50_000)")
        );
        Assert.Equal(
            "result: True",
            await cells.Run(
                "System.Linq.Expressions.Expression<Func<int, int>> tree = x => deep(x); !tree.ToString().Contains(\"Stack\")"
            )
        );
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("await Task.Delay(Timeout.Infinite);")]
    [InlineData("await Task.Delay(Timeout.Infinite, Cancellation);")]
    [InlineData("void Spin() { do { } while (true); } Spin();")]
    public async Task An_interrupt_stops_the_cell_and_the_session_goes_on(string code)
    {
        await cells.Run("var survivor = 7;");
        using var interrupt = new CancellationTokenSource();
        var outputs = new List<Output>();
        var running = cells.Host.ExecuteAsync("Console.Write(1);\n" + code, OnOutput, interrupt.Token);
        var result = await running.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(result.Cancelled);
        Assert.Equal(
            "stdout: 1\nerror Interrupted: The cell was interrupted.\nThe cell was interrupted.",
            Cells.Describe(outputs)
        );
        Assert.Equal("result: 7", await cells.Run("survivor"));

        void OnOutput(Output output)
        {
            outputs.Add(output);
            interrupt.CancelAfter(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public async Task Without_a_front_end_nobody_can_answer()
    {
        using var cells = new Cells();
        Assert.StartsWith(
            "error CommandException: The cell asks for input, and nobody can answer:",
            await cells.Run("Console.ReadLine()")
        );
    }
}
