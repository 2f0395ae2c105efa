using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages;

namespace Notebook.Tests;

/// <summary>Documents of many megabytes, in at most six times the memory that they have as files; and cells that are data.</summary>
public sealed class LargeDocumentTests : IDisposable
{
    private const int Size = 20 << 20;
    private const int Most = 6;

    private readonly string folder = Directory.CreateTempSubdirectory("large-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("#!csharp\n", "// A line of a program that is very long.\n")]
    [InlineData("#!markdown\n", "A line of a book that is very long.\n")]
    public void It_is_converted_without_copies_of_its_text(string opening, string line)
    {
        var (source, target) = (Path.Combine(folder, "large.dib"), Path.Combine(folder, "large.ipynb"));
        WriteLines(source, opening, line);
        var before = GC.GetAllocatedBytesForCurrentThread();

        DocumentFormats.Write(DocumentFormats.Read(source), target);

        NotebookPage.Write(DocumentFormats.Read(source), Path.ChangeExtension(target, ".html"));

        // All that was allocated, whether the collector took it meanwhile or not.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Size, 2L * Most * Size);
        Assert.Equal(
            File.ReadLines(source).Skip(1).Count(),
            DocumentFormats.Read(target).Cells.Single().Source.Split('\n').Length
        );
    }

    [Fact]
    public async Task A_cell_that_is_data_ends_with_a_sentence_and_the_next_runs()
    {
        using var host = new NotebookHost([]);
        var outputs = new List<Output>();

        var refused = await host.ExecuteAsync($"var s = \"{new string('x', NotebookHost.LongestCell)}\";", outputs.Add);
        var next = await host.ExecuteAsync("1 + 1", outputs.Add);

        Assert.Equal(
            "The cell has 4,194,315 letters, and at most 4,194,304 are run: keep data in a file, and read that.",
            refused.Error?.Value
        );
        Assert.Null(next.Error);
    }

    private static void WriteLines(string path, string opening, string line)
    {
        using var file = new StreamWriter(path);
        file.Write(opening);
        for (var written = 0; written < Size; written += line.Length)
        {
            file.Write(line);
        }
    }
}
