using Notebook.Running;

namespace Notebook.Tests;

public sealed class CSharpCellTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task A_variable_lives_on_in_the_next_cell() =>
        Assert.Equal("result: 42", await cells.Run("var x = 41;", "x + 1"));

    [Fact]
    public async Task Only_an_expression_without_semicolon_is_shown() =>
        Assert.Equal("", await cells.Run("var x = 41;", "x.ToString();"));

    [Fact]
    public async Task Console_output_and_displays_come_in_order() =>
        Assert.Equal(
            """
            stdout: one\n
            display: two
            stderr: three
            update: four
            result: 5
            """,
            await cells.Run(
                """
                Console.WriteLine("one");
                var shown = "two".Display();
                Console.Error.Write("three");
                shown.Update("four");
                5
                """
            )
        );

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
}
