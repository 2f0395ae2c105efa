using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Pages;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>The tags that nbclient runs by, and that Jupyter Book and nbconvert show by.</summary>
public sealed class CellTagTests : IDisposable
{
    private readonly NotebookHost host = new([]);

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task An_error_that_a_tag_expects_does_not_stop_the_run()
    {
        var states = new List<CellState>();
        var document = new NotebookDocument([
            Code("1"),
            Code("throw new Exception(\"expected\");", "raises-exception"),
            Code("nonsense", "raises_exception"),
            Code("2", "raises-exception"),
        ]);
        var result = await new NotebookRunner(host).RunAsync(
            document,
            new RunOptions { Progress = progress => states.Add(progress.State) }
        );
        Assert.Equal((true, null), (result.Succeeded, result.FailedCell));
        Assert.Equal(
            ["execute_result", "error", "error", "execute_result"],
            document.Cells.Select(cell => (string?)cell.Outputs.Single()!["output_type"])
        );
        Assert.Equal(
            [CellState.Succeeded, CellState.Raised, CellState.Raised, CellState.Succeeded],
            states.Where(state => state != CellState.Started)
        );
        var page = NotebookPage.Render(document);
        Assert.Contains("Ran to the end", page);
        Assert.DoesNotContain("id=\"stopped\"", page);
    }

    [Fact]
    public async Task A_time_limit_ends_the_run_also_where_errors_are_expected()
    {
        var document = new NotebookDocument([
            Code("await Task.Delay(TimeSpan.FromMinutes(5), Cancellation);", "raises-exception"),
            Code("2"),
        ]);
        var result = await new NotebookRunner(host).RunAsync(
            document,
            new RunOptions { CellTimeout = TimeSpan.FromSeconds(0.2) }
        );
        Assert.True(result.TimedOut);
        Assert.Null(document.Cells[1].ExecutionCount);
        Assert.Contains("id=\"stopped\"", NotebookPage.Render(document));
    }

    [Fact]
    public async Task A_cell_that_is_skipped_keeps_what_it_shows()
    {
        var skipped = Code("throw new Exception(\"not to be run\");", "skip-execution");
        skipped.Outputs = new JsonArray(
            new JsonObject
            {
                ["name"] = "stdout",
                ["output_type"] = "stream",
                ["text"] = "from before",
            }
        );
        var states = new List<CellState>();
        var document = new NotebookDocument([Code("1"), skipped, Code("2")]);
        var result = await new NotebookRunner(host).RunAsync(
            document,
            new RunOptions { Progress = progress => states.Add(progress.State) }
        );
        Assert.True(result.Succeeded);
        Assert.Equal([1, null, 2], document.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal("from before", (string?)skipped.Outputs[0]!["text"]);
        Assert.Equal(
            [CellState.Started, CellState.Succeeded, CellState.Skipped, CellState.Started, CellState.Succeeded],
            states
        );
        Assert.Contains("<span>skipped</span>", NotebookPage.Render(document));
    }

    [Theory]
    [InlineData("", true, true, 0)]
    [InlineData("remove-input", false, true, 0)]
    [InlineData("remove_input", false, true, 0)]
    [InlineData("remove-output", true, false, 0)]
    [InlineData("remove-cell", false, false, 0)]
    [InlineData("hide-input", true, true, 1)]
    [InlineData("hide_input", true, true, 1)]
    [InlineData("hide-output", true, true, 1)]
    [InlineData("hide-cell", true, true, 1)]
    [InlineData("hide-input hide-output", true, true, 2)]
    [InlineData("remove-input remove-output", false, false, 0)]
    [InlineData("remove-input hide-input", false, true, 0)]
    public void A_page_shows_what_the_tags_leave(string tags, bool showsCode, bool showsOutput, int folds)
    {
        var page = Page(Shown("var code = 1;", "output text", tags.Split(' ')));
        Assert.Equal(showsCode, page.Contains("<span class=\"nu\">1</span>", StringComparison.Ordinal));
        Assert.Equal(showsOutput, page.Contains("output text", StringComparison.Ordinal));
        Assert.Equal(folds, page.Split("<details class=\"folded\">").Length - 1);
        Assert.Equal(showsCode || showsOutput, page.Contains("<section class=\"cell", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_of_the_reader_is_removed_and_folded_as_a_cell()
    {
        Assert.DoesNotContain("secret", Page(Prose("secret", "remove-cell")));
        Assert.Contains("<summary>Show cell</summary>", Page(Prose("secret", "hide_cell")));
        Assert.Contains("secret", Page(Prose("secret", "remove-input")));
    }

    [Fact]
    public void What_JupyterLab_has_collapsed_is_folded()
    {
        var cell = Shown("var code = 1;", "output text");
        cell.Metadata["jupyter"] = new JsonObject { ["source_hidden"] = true, ["outputs_hidden"] = true };
        var page = Page(cell);
        Assert.Contains("<summary>Show code</summary>", page);
        Assert.Contains("<summary>Show output</summary>", page);
    }

    [Fact]
    public void What_the_classic_notebook_has_collapsed_is_folded()
    {
        var cell = Shown("var code = 1;", "output text");
        cell.Metadata["collapsed"] = true;
        var page = Page(cell);
        Assert.DoesNotContain("<summary>Show code</summary>", page);
        Assert.Contains("<summary>Show output</summary>", page);
    }

    [Fact]
    public async Task The_error_that_stopped_a_run_is_shown_whatever_the_tags_say()
    {
        var document = new NotebookDocument([Code("throw new Exception(\"seen\");", "remove-cell", "hide-output")]);
        await new NotebookRunner(host).RunAsync(document);
        var page = NotebookPage.Render(document);
        Assert.Contains("seen", page);
        Assert.DoesNotContain("<details class=\"folded\">", page);
    }

    [Fact]
    public void Tags_survive_a_dib()
    {
        var document = new NotebookDocument([Code("1", "raises-exception", "hide-input")]);
        Assert.Equal(
            """["raises-exception","hide-input"]""",
            DibFormat.Parse(DibFormat.Write(document)).Cells[0].Metadata["tags"]!.ToJsonString()
        );
    }

    private static string Page(NotebookCell cell) => NotebookPage.Render(new NotebookDocument([cell]));

    private static NotebookCell Code(string source, params string[] tags) => Tagged(CellLanguage.CSharp, source, tags);

    private static NotebookCell Prose(string source, params string[] tags) =>
        Tagged(CellLanguage.Markdown, source, tags);

    private static NotebookCell Tagged(string language, string source, string[] tags) =>
        new(language, source)
        {
            Metadata = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) },
        };

    private static NotebookCell Shown(string source, string output, params string[] tags)
    {
        var cell = Code(source, tags);
        cell.Outputs = new JsonArray(
            new JsonObject
            {
                ["name"] = "stdout",
                ["output_type"] = "stream",
                ["text"] = output,
            }
        );
        return cell;
    }
}
