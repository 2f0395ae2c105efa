using Notebook.Pages;
using Notebook.Pages.Sanitizing;

namespace Notebook.Tests.Pages;

/// <summary>Which files a page takes in as pictures of its Markdown.</summary>
public sealed class PictureFileTests : IDisposable
{
    private readonly DirectoryInfo outside = Directory.CreateTempSubdirectory("pictures");
    private readonly DirectoryInfo folder;

    public PictureFileTests()
    {
        folder = outside.CreateSubdirectory("notebooks");
        folder.CreateSubdirectory("in");
        foreach (var name in new[] { "outside.png", "notebooks/a.png", "notebooks/in/b c.JPG", "notebooks/a.txt" })
        {
            File.WriteAllText(Path.Combine(outside.FullName, name), "bytes");
        }

        File.CreateSymbolicLink(At("own.png"), At("a.png"));
        File.CreateSymbolicLink(At("link.png"), Path.Combine(outside.FullName, "outside.png"));
        File.CreateSymbolicLink(At("up"), outside.FullName);
        File.CreateSymbolicLink(At("circle.png"), At("circle.png"));
        File.CreateSymbolicLink(At("zero.png"), "/dev/zero");
        Directory.CreateDirectory(At("folder.png"));
    }

    public void Dispose() => outside.Delete(recursive: true);

    [Theory]
    [InlineData("a.png", "image/png")]
    [InlineData("./in/../a.png", "image/png")]
    [InlineData("in/b%20c.JPG", "image/jpeg")]
    [InlineData("own.png", "image/png")]
    public void A_picture_below_the_notebook_is_taken_into_each_page(string address, string type)
    {
        var data = $"src=\"data:{type};base64,Ynl0ZXM=\"";
        Assert.Contains(data, Page(address, sanitize: true));
        Assert.Contains(data, Page(address, sanitize: false));
    }

    [Theory]
    [InlineData("../outside.png")]
    [InlineData("%2e%2e/outside.png")]
    [InlineData("in/../../outside.png")]
    [InlineData("link.png")]
    [InlineData("up/outside.png")]
    [InlineData("up/notebooks/../outside.png")]
    public void A_picture_elsewhere_stays_a_link_where_somebody_else_wrote_the_notebook(string address)
    {
        Assert.DoesNotContain("<img", Page(address, sanitize: true));
        Assert.Contains("<img", Page(address, sanitize: false));
    }

    [Fact]
    public void A_picture_by_its_whole_path_is_the_same()
    {
        var address = Path.Combine(outside.FullName, "outside.png");
        Assert.DoesNotContain("<img", Page(address, sanitize: true));
        Assert.Contains("<img", Page(address, sanitize: false));
        Assert.Contains("<img", Page(At("a.png"), sanitize: true));
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("gone.png")]
    [InlineData("gone/a.png")]
    [InlineData("a.png/a.png")]
    [InlineData("circle.png")]
    [InlineData("circle.png/a.png")]
    [InlineData("zero.png")]
    [InlineData("folder.png")]
    [InlineData("a%00.png")]
    public void What_is_no_ordinary_picture_stays_a_link(string address) =>
        Assert.Contains($"<a href=\"{address}\">", Page(address, sanitize: false));

    [Fact]
    public void Neither_a_pipe_nor_what_nobody_may_read_ends_a_page()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using (var made = System.Diagnostics.Process.Start("mkfifo", [At("pipe.png")]))
        {
            made.WaitForExit();
        }

        File.SetUnixFileMode(At("in"), UnixFileMode.None);
        try
        {
            Assert.Contains("<a href", Page("pipe.png", sanitize: true));
            // Root may read all.
            Assert.Matches("<a href|<img", Page("in/b%20c.JPG", sanitize: true));
        }
        finally
        {
            File.SetUnixFileMode(At("in"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_picture_too_large_for_a_page_stays_a_link()
    {
        using (var file = File.Create(At("large.png")))
        {
            file.SetLength((64 << 20) + 1);
        }

        Assert.Contains("<a href", Page("large.png", sanitize: true));
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private string Page(string address, bool sanitize) =>
        new MarkdownRenderer(folder.FullName, cleaner: sanitize ? new HtmlCleaner() : null).Render($"![x]({address})");
}
