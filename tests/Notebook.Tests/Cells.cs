using System.Text;
using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>Runs cells in a fresh notebook and keeps what they emit.</summary>
internal sealed class Cells : IDisposable
{
    public Cells(params INotebookExtension[] extensions) => Host = new NotebookHost(extensions);

    public NotebookHost Host { get; }

    /// <summary>The outputs of the last cell.</summary>
    public List<Output> Outputs { get; private set; } = [];

    public CellResult Result { get; private set; } = new(null, TimeSpan.Zero);

    /// <summary>Runs cells and describes the outputs of the last one, a line for each.</summary>
    public async Task<string> Run(params string[] cells)
    {
        foreach (var cell in cells)
        {
            var outputs = new List<Output>();
            Outputs = outputs;
            Result = await Host.ExecuteAsync(cell, outputs.Add);
        }

        return Describe(Outputs);
    }

    /// <summary>References packages in one cell, which has to succeed.</summary>
    public async Task Reference(params string[] directives)
    {
        var said = await Run(string.Join('\n', directives));
        Assert.True(Result.Succeeded, said);
    }

    public static string Describe(IEnumerable<Output> outputs)
    {
        var text = new StringBuilder();
        foreach (var output in outputs)
        {
            text.AppendLine(
                output switch
                {
                    StreamOutput stream => $"{stream.Name}: {stream.Text.Replace("\n", "\\n")}",
                    DisplayOutput display => $"display: {display.Data["text/plain"]}",
                    DisplayUpdate update => $"update: {update.Data["text/plain"]}",
                    ResultOutput result => $"result: {result.Data["text/plain"]}",
                    ErrorOutput error => $"error {error.Name}: {error.Value}\n{string.Join('\n', error.Traceback)}",
                    _ => output.ToString(),
                }
            );
        }

        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    public void Dispose() => Host.Dispose();
}
