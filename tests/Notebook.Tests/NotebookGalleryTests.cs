using System.Text.RegularExpressions;
using Notebook.Pages;

namespace Notebook.Tests;

public sealed partial class NotebookGalleryTests : IDisposable
{
    private const string Chart =
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'><rect width='2' height='1'/></svg>";

    private readonly string folder = Directory.CreateTempSubdirectory("gallery").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_list_has_each_notebook_with_its_question_and_its_first_chart()
    {
        var written = NotebookGallery.Write("All & sundry", [First(), Second()], Site);

        Assert.Equal(["index.html", "1-first.html", "2-second.html"], written.Select(file => Path.GetFileName(file)));
        var list = File.ReadAllText(written[0]);
        Assert.Contains("<title>All &amp; sundry</title>", list);
        Assert.True(
            list.IndexOf("1-first.html", StringComparison.Ordinal)
                < list.IndexOf("2-second.html", StringComparison.Ordinal)
        );
        Assert.Contains("<p>Why is it so?</p>", list);
        Assert.Single(Pictures().Matches(list));
        Assert.DoesNotContain("<script", list);
    }

    [Fact]
    public void Pages_lead_to_the_list_and_to_their_neighbours_and_so_do_links_in_their_text()
    {
        NotebookGallery.Write("All", [First(), Second()], Site);

        var (first, second) = (Read("1-first.html"), Read("2-second.html"));
        Assert.Contains("<a href=\"index.html\">All</a>", first);
        Assert.Contains("rel=\"next\" href=\"2-second.html\"", first);
        Assert.DoesNotContain("<a rel=\"prev\"", first);
        Assert.Contains("rel=\"prev\" href=\"1-first.html\"", second);
        Assert.DoesNotContain("<a rel=\"next\"", second);
        Assert.Contains("<a href=\"2-second.html\">the second</a>", first);
        Assert.Contains("<a href=\"https://example.org/2-second.ipynb\">another</a>", first);
    }

    [Fact]
    public void Names_of_files_are_addresses_and_links_keep_their_places()
    {
        var next = Write("C# 100%.ipynb", "# Put back");
        NotebookGallery.Write("All", [Write("a.ipynb", "[there](C%23%20100%25.ipynb#put-back)"), next], Site);

        Assert.Contains("<a href=\"C%23%20100%25.html#put-back\">there</a>", Read("a.html"));
        Assert.Contains("rel=\"next\" href=\"C%23%20100%25.html\"", Read("a.html"));
        Assert.Contains("<a href=\"C%23%20100%25.html\">", Read("index.html"));
        Assert.Contains("Put back", Read("C# 100%.html"));
    }

    [Fact]
    public void The_list_takes_no_notebooks_place()
    {
        var path = Write("Index.ipynb", "# One");

        Assert.Equal(
            $"{path} would be index.html, which is the list: give it another name.",
            Assert.Throws<CommandException>(() => NotebookGallery.Write("All", [path], Site)).Message
        );
    }

    [Fact]
    public void A_page_alone_has_nothing_around_it() =>
        Assert.DoesNotContain("class=\"frame", NotebookPage.Render(Documents.DibFormat.Parse("#!markdown\n# One\n")));

    [Theory]
    [InlineData("tour.out.ipynb", "tour.html")]
    [InlineData("an.outline.ipynb", "an.outline.html")]
    public void A_page_is_called_after_its_notebook_and_not_after_its_run(string name, string page)
    {
        var written = NotebookGallery.Write("All", [Write(name, "# One")], Site);

        Assert.Equal(page, Path.GetFileName(written[1]));
    }

    [Fact]
    public void Two_notebooks_that_would_be_one_page_are_refused_by_name()
    {
        var other = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "other")).FullName, "1-first.dib");
        File.WriteAllText(other, "#!markdown\n# Another\n");

        var refused = Assert.Throws<CommandException>(() => NotebookGallery.Write("All", [First(), other], Site));

        Assert.Contains("would both be 1-first.html", refused.Message);
        Assert.False(Directory.Exists(Site));
    }

    private string Site => Path.Combine(folder, "site");

    private string Read(string page) => File.ReadAllText(Path.Combine(Site, page));

    private string First() =>
        Write(
            "1-first.ipynb",
            "# The first\\n\\n*Why is it so?* See [the second](2-second.ipynb) and [another](https://example.org/2-second.ipynb)."
        );

    private string Second() => Write("2-second.ipynb", "# The second\\n\\nIt asks *nothing*.", chart: false);

    private string Write(string name, string markdown, bool chart = true)
    {
        var path = Path.Combine(folder, name);
        var data = chart ? $"\"image/svg+xml\":\"{Chart}\",\"text/plain\":\"a chart\"" : "\"text/plain\":\"1\"";
        File.WriteAllText(
            path,
            $$"""
            {"cells":[
              {"cell_type":"markdown","id":"a","metadata":{},"source":"{{markdown}}"},
              {"cell_type":"code","id":"b","metadata":{},"source":"1","execution_count":1,
               "outputs":[{"output_type":"execute_result","execution_count":1,"metadata":{},"data":{ {{data}} } }]}],
             "metadata":{},"nbformat":4,"nbformat_minor":5}
            """
        );
        return path;
    }

    [GeneratedRegex("src=\"data:image/svg\\+xml;base64,[A-Za-z0-9+/=]+\"")]
    private static partial Regex Pictures();
}
