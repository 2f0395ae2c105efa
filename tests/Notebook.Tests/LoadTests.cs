namespace Notebook.Tests;

/// <summary>#load of C# files: looked for beside the file that names them, run once, and named in what goes wrong.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly Cells cells = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("load-");

    public LoadTests() => cells.Host.Folder = folder.FullName;

    public void Dispose()
    {
        cells.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_file_beside_the_notebook_runs_before_the_cell()
    {
        Write("lib.csx", "int Answer() => factor * 7;\nvar factor = 11;");
        Assert.Equal("result: 77", await cells.Run("#load \"lib.csx\"\nAnswer()"));
        Assert.Equal("result: 77", await cells.Run("// below\nvar x = 1;\n  #load \"lib.csx\" // again\nAnswer()"));
        Assert.Equal("result: 77", await cells.Run("#!import lib.csx\nAnswer()"));
    }

    [Fact]
    public async Task A_name_in_a_loaded_file_is_looked_for_beside_it()
    {
        Write("part/outer.csx", "#load \"inner.csx\"\n#load \"../top.csx\"\nvar outer = inner + top;");
        Write("part/inner.csx", "var inner = 1;");
        Write("top.csx", "var top = 10;");
        Write("inner.csx", "var inner = 100;");
        Assert.Equal("result: 11", await cells.Run("#load \"part/outer.csx\"\nouter"));
        Assert.Equal("result: 100", await cells.Run("#load \"inner.csx\"\ninner"));
    }

    [Fact]
    public async Task A_cell_loads_a_file_once()
    {
        Write("a.csx", "#load \"c.csx\"");
        Write("b.csx", "#load \"c.csx\"\n#load \"b.csx\"");
        Write("c.csx", "Console.Write(\"c\");");
        Assert.Equal("stdout: c", await cells.Run("#load \"a.csx\"\n#load \"b.csx\""));
        Assert.Equal("stdout: c", await cells.Run("#load \"c.csx\""));
    }

    [Fact]
    public async Task What_goes_wrong_in_a_file_names_it()
    {
        Write("bad.csx", "\nint x = nothing;");
        Assert.StartsWith(
            "error CompilationError: bad.csx(2,9): CS0103",
            await cells.Run("#load \"bad.csx\"\nConsole.WriteLine(\"not run\");")
        );
        Write("throws.csx", "int Thrower() =>\n    throw new Exception(\"t\");");
        Assert.Contains("    at Thrower, throws.csx, line 2", await cells.Run("#load \"throws.csx\"\nThrower()"));
    }

    [Theory]
    [InlineData("#load \"none.csx\"", "There is no file 'none.csx' to load: '")]
    [InlineData("#load none.csx", "'#load none.csx' cannot be read: write what it names between double quotes")]
    [InlineData("#load \"\"", "names no file")]
    [InlineData("#load \"notes.txt\"", "name a notebook (.dib, .ipynb) or C# (.cs, .csx).")]
    [InlineData("#!import loop.csx", "loop.csx imports itself: take that line out of it.")]
    public async Task What_cannot_be_loaded_gives_a_sentence(string cell, string sentence)
    {
        Write("notes.txt", "");
        Write("loop.csx", "#!import loop.csx");
        Assert.Contains(sentence, await cells.Run(cell));
    }

    [Fact]
    public async Task A_notebook_is_loaded_by_its_tags()
    {
        Write(
            "tags.ipynb",
            """
            {"cells":[
            {"cell_type":"code","metadata":{"tags":["skip-execution"]},"outputs":[],"source":"Console.Write(\"skipped\");"},
            {"cell_type":"code","metadata":{"tags":["raises-exception"]},"outputs":[],"source":"throw new Exception(\"expected\");"},
            {"cell_type":"code","metadata":{},"outputs":[],"source":"var end = 5;"}],
            "metadata":{},"nbformat":4,"nbformat_minor":4}
            """
        );
        var text = await cells.Run("#load \"tags.ipynb\"\nend");
        Assert.StartsWith("error Exception: expected", text);
        Assert.Contains("    at tags.ipynb, cell 2, line 1", text);
        Assert.EndsWith("result: 5", text);
        Assert.True(cells.Result.Succeeded);
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
