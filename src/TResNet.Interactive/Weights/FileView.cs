using TResNet.Interactive.Tables;
using TResNet.Weights;

namespace TResNet.Interactive.Weights;

/// <summary>What a file of weights says of itself.</summary>
internal static class FileView
{
    /// <summary>A row for each thing that is said.</summary>
    /// <param name="path">The file.</param>
    /// <param name="said">What it says.</param>
    public static View Of(string path, WeightsDescription said) =>
        new()
        {
            Title = Path.GetFileName(path),
            Parts =
            [
                said.Fault is { } fault ? fault
                : said.IsEmpty && said.Provenance.Count == 0
                    ? "The file has weights alone: name network, classes and size with options where they are used, or write them into a copy with convert-weights --model."
                : new Table
                {
                    Columns = [new("what"), new("value")],
                    Rows =
                    [
                        .. said.ToMetadata()
                            .Select(word =>
                                (Cell[])[Files.FileText.Shorten(word.Key), Files.FileText.Shorten(word.Value)]
                            ),
                    ],
                },
            ],
        };
}
