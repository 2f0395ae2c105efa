using Notebook.Documents;
using Notebook.Running;

namespace Notebook.Tests;

public sealed class RunnerTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Samples");

    [Fact]
    public async Task The_gallery_runs_to_its_error_and_leaves_page_and_notebook()
    {
        using var host = new NotebookHost([new GalleryExtension()]);
        var (page, notebook) = (Path.Combine(Samples, "gallery.html"), Path.Combine(Samples, "gallery.ipynb"));
        var progress = new List<RunProgress>();
        var result = await new NotebookRunner(host).RunFileAsync(
            Path.Combine(Samples, "gallery.dib"),
            [page, notebook],
            progress.Add
        );
        Assert.Equal("ArgumentOutOfRangeException", result.Error?.Name);
        Assert.Equal(6, result.FailedCell);
        Assert.Contains("cdn", await File.ReadAllTextAsync(page));
        Assert.Equal(12, progress.Count);
        Assert.Equal("Primes below fifty, by the sieve", progress[0].Title);
        Assert.Null(DocumentFormats.Read(notebook).Cells[^1].ExecutionCount);
    }
}
