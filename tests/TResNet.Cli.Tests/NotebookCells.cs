using Notebook;
using Notebook.Outputs;

namespace TResNet.Cli.Tests;

/// <summary>Cells of a notebook that a test runs.</summary>
internal static class NotebookCells
{
    /// <summary>Runs a cell that has to succeed.</summary>
    /// <returns>What it showed, as text: an entry for each output.</returns>
    public static async Task<IReadOnlyList<string>> RunTextsAsync(this NotebookHost host, string cell)
    {
        var texts = new List<string>();
        var result = await host.ExecuteAsync(
            cell,
            output =>
                texts.Add(
                    output switch
                    {
                        DisplayOutput display => display.Data["text/plain"],
                        ResultOutput value => value.Data["text/plain"],
                        _ => output.ToString(),
                    }
                )
        );
        Assert.True(result.Succeeded, string.Join('\n', texts));
        return texts;
    }
}
