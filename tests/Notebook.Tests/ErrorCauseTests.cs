namespace Notebook.Tests;

/// <summary>An error in a cell is the one that its author made, at its line.</summary>
public sealed class ErrorCauseTests
{
    [Theory]
    [InlineData("var d = Unknown.Load(\"x\");", "(1,9): CS0103")]
    [InlineData("int ok = 1;\nvar d = Unknown.Load(\"x\");", "(2,9): CS0103")]
    [InlineData("var (s, t) = Unknown.Get();", "(1,14): CS0103")]
    [InlineData("var a = nothing;\nvar b = a.Length;", "(1,9): CS0103")]
    public async Task What_follows_from_an_error_is_left_out(string code, string first)
    {
        using var cells = new Cells();

        var said = await cells.Run(code);

        Assert.StartsWith($"error CompilationError: {first}", said);
        Assert.DoesNotContain("CS0670", said, StringComparison.Ordinal);
        Assert.DoesNotContain("CS0815", said, StringComparison.Ordinal);
        Assert.DoesNotContain("CS8130", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var w = Console.WriteLine();", "CS0670")]
    [InlineData("var n = null;", "CS0815")]
    [InlineData("var d = Unknown.Load();\nvar n = null;", "CS0815")]
    public async Task What_has_no_other_cause_is_said(string code, string id)
    {
        using var cells = new Cells();

        Assert.Contains(id, await cells.Run(code), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sentence_that_code_of_a_cell_was_refused_with_names_its_line()
    {
        using var cells = new Cells();

        var said = await cells.Run(
            "var one = 1;\nvoid Fail() => throw new Notebook.CommandException(\"No room.\\nException raised from x at y.cpp:1\\nframe #0\");\nFail();"
        );

        Assert.Contains("No room.", said, StringComparison.Ordinal);
        Assert.Contains("line 3", said, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #0", said, StringComparison.Ordinal);
    }
}
