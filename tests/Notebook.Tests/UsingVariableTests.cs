namespace Notebook.Tests;

/// <summary>using declarations at the top of cells: the variables live on, and are disposed when they are declared anew or the session ends.</summary>
public sealed class UsingVariableTests : IDisposable
{
    private const string Thing =
        "class Thing(string name) : IDisposable { public string Name => name; public void Dispose() => Log.Add(name); }\n"
        + "class Later(string name) : IAsyncDisposable { public async ValueTask DisposeAsync() { await Task.Yield(); Log.Add(name); } }\n"
        + "class TestScope(string name) : Thing(name);\n"
        + "static readonly List<string> Log = [];";

    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task The_variable_is_there_in_later_cells_and_not_disposed()
    {
        Assert.Equal("result: a", await cells.Run(Thing, "using var a = new Thing(\"a\");\na.Name"));
        Assert.Equal("result: a0", await cells.Run("a.Name + Log.Count"));
    }

    [Fact]
    public async Task Declared_anew_it_is_disposed() =>
        Assert.Equal(
            "result: a1, b",
            await cells.Run(
                Thing,
                "using Thing a = new(\"a1\"), kept = new(\"kept\");",
                "await using var b = new Later(\"b\");",
                "using var a = new Thing(\"a2\");",
                "var b = 3;",
                "string.Join(\", \", Log)"
            )
        );

    [Fact]
    public async Task A_cell_that_declares_the_same_object_again_does_not_dispose_it() =>
        Assert.Equal(
            "result: 0",
            await cells.Run(
                Thing,
                "var one = new Thing(\"one\");",
                "using var a = one;",
                "using var a = one;",
                "Log.Count"
            )
        );

    [Theory]
    [InlineData("using var _ = new Thing(\"x\");")]
    [InlineData("using IDisposable x = new Thing(\"x\");")]
    [InlineData("using var x = new TestScope(\"x\");")]
    [InlineData("await using IAsyncDisposable x = new Later(\"x\");")]
    [InlineData("using IDisposable x = new Thing(\"x\");\nthrow new Exception();")]
    public async Task What_is_good_for_nothing_but_to_be_disposed_ends_with_its_cell(string declaration)
    {
        await cells.Run(Thing, declaration + "\n#!time\nLog.Add(\"end\");");
        var text = await cells.Run("string.Join(\", \", Log)");
        Assert.Equal(declaration.Contains("throw") ? "result: x" : "result: end, x", text);
    }

    [Fact]
    public async Task A_discard_stays_a_discard() =>
        Assert.Equal("", await cells.Run(Thing, "using var _ = new Thing(\"x\");", "_ = 3;\n_ = \"text\";"));

    [Fact]
    public async Task The_end_of_the_session_disposes_the_newest_first()
    {
        var log = new List<string>();
        AppDomain.CurrentDomain.SetData(nameof(UsingVariableTests), log);
        using (var session = new Cells())
        {
            await session.Run(
                $"class Thing(string name) : IDisposable {{ public void Dispose() => ((List<string>)AppDomain.CurrentDomain.GetData(\"{nameof(UsingVariableTests)}\")).Add(name); }}",
                "using Thing a = new(\"a\"), b = new(\"b\");",
                "using var c = new Thing(\"c\");"
            );
            Assert.Empty(log);
        }

        Assert.Equal(["c", "b", "a"], log);
    }

    [Fact]
    public async Task Blocks_and_functions_keep_their_meaning()
    {
        Assert.Equal(
            "result: block, statement, function",
            await cells.Run(
                Thing,
                "{ using var a = new Thing(\"block\"); }\nusing (var b = new Thing(\"statement\")) { }\nvoid F() { using var c = new Thing(\"function\"); }\nF();\nstring.Join(\", \", Log)"
            )
        );
        Assert.Equal(
            "result: 1",
            await cells.Run("using Words = System.Collections.Generic.List<string>;\nnew Words { \"a\" }.Count")
        );
    }

    [Theory]
    [InlineData("using var a = 3;", "CS1674")]
    [InlineData("using var a = new Thing(\"a\")", "CS1002")]
    [InlineData("using var a = nothing;", "(1,15): CS0103")]
    public async Task What_cannot_be_disposed_does_not_compile(string cell, string error) =>
        Assert.Contains(error, await cells.Run(Thing, cell));

    [Fact]
    public async Task What_disposing_throws_is_shown()
    {
        const string Bad = "class Bad : IDisposable { public void Dispose() => throw new Exception(\"no\"); }";
        Assert.StartsWith("error Exception: no", await cells.Run(Bad, "using var _ = new Bad();"));
        Assert.Equal(
            "stderr: warning: what a variable held that is declared anew could not be disposed: no\\n",
            await cells.Run("using var bad = new Bad();", "var bad = 1;")
        );
    }

    [Fact]
    public void Completion_knows_the_variable()
    {
        const string Code = "using var w = new StringWriter();\nw.";
        Assert.Contains(
            cells.Host.Language.Complete(Code, Code.Length).Items,
            entry => entry.Text == "GetStringBuilder"
        );
    }
}
