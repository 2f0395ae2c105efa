namespace TResNet.Cli.Tests;

/// <summary>Pages of notebooks that somebody else ran: what is taken out, what is said of it, and how it is kept.</summary>
public sealed class SanitizeTests : IDisposable
{
    private const string Script = "<script>steal()</script>";

    private readonly string folder = Directory.CreateTempSubdirectory("sanitize").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_converted_notebook_loses_what_would_run_unless_that_is_wanted()
    {
        var cleaned = await ShellRun.Of(["convert", Notebook(), In("a.html")]);
        var kept = await ShellRun.Of(["convert", Notebook(), In("b.html"), "--no-sanitize"]);
        var off = await ShellRun.Of(["convert", Notebook(), In("c.html"), "--sanitize", "false"]);

        Assert.Equal((0, 0, 0), (cleaned.Code, kept.Code, off.Code));
        Assert.Contains("Sanitized: 1 text or output lost scripts", cleaned.Output);
        Assert.DoesNotContain(Script, Read("a.html"));
        Assert.Contains("'sha256-", Read("a.html"));
        Assert.DoesNotContain("Sanitized", kept.Output);
        Assert.Contains(Script, Read("b.html"));
        Assert.Contains(Script, Read("c.html"));
    }

    [Fact]
    public async Task A_gallery_is_sanitized_too()
    {
        var cleaned = await ShellRun.Of(["gallery", Notebook(), "--output-dir", In("site")]);
        var kept = await ShellRun.Of(["gallery", Notebook(), "--output-dir", In("kept"), "--no-sanitize"]);

        Assert.Contains("Sanitized: 1 text or output lost scripts", cleaned.Output);
        Assert.DoesNotContain(Script, Read("site/other.html"));
        Assert.Contains(Script, Read("kept/other.html"));
        Assert.Equal(0, kept.Code);
    }

    [Fact]
    public async Task A_run_keeps_what_its_cells_show_unless_asked()
    {
        File.WriteAllText(In("run.dib"), $"#!markdown\n\n{Script}\n\n#!csharp\n\n1\n");

        await ShellRun.Of(["run", In("run.dib"), "--html", In("a.html")]);
        await ShellRun.Of(["run", In("run.dib"), "--html", In("b.html"), "--sanitize"]);

        Assert.Contains(Script, Read("a.html"));
        Assert.DoesNotContain(Script, Read("b.html"));
    }

    [Fact]
    public async Task Options_that_do_nothing_or_contradict_each_other_are_refused()
    {
        var none = await ShellRun.Of(["convert", Notebook(), In("a.dib"), "--sanitize"]);
        var both = await ShellRun.Of(["convert", Notebook(), In("a.html"), "--sanitize", "--no-sanitize"]);
        var run = await ShellRun.Of(["run", Notebook(), "--ipynb", In("a.ipynb"), "--sanitize"]);

        Assert.Equal((1, 1, 2), (none.Code, both.Code, run.Code));
        Assert.Contains("a.dib' is none: leave it out, or name a file that ends in .html.", none.Errors);
        Assert.Contains("--sanitize and --no-sanitize contradict each other: keep one of them.", both.Errors);
        Assert.Equal("tresnet: --sanitize is for pages: add --out html.\n", run.Errors);
        Assert.Empty(Directory.GetFiles(folder, "a.*"));
    }

    private string Notebook()
    {
        File.WriteAllText(
            In("other.ipynb"),
            $$$"""
            {"cells":[{"cell_type":"code","metadata":{},"source":"1","execution_count":1,"outputs":[
              {"output_type":"display_data","metadata":{},"data":{"text/html":"<b>x</b>{{{Script}}}"} }]}],
             "metadata":{},"nbformat":4,"nbformat_minor":4}
            """
        );
        return In("other.ipynb");
    }

    private string In(string name) => Path.Combine(folder, name);

    private string Read(string name) => File.ReadAllText(In(name));
}
