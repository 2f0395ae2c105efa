using System.Net;
using Notebook.Outputs;

namespace Notebook.Magics;

/// <summary>A table of words as magics show it: HTML, and aligned text.</summary>
internal static class MagicTable
{
    private const string Left = " style=\"text-align:left\"";

    /// <summary>A table.</summary>
    /// <param name="rows">The rows, each with as many cells as the others; at least one.</param>
    /// <param name="heads">What stands above the columns; none for no head. The text has none.</param>
    /// <param name="isCode">Whether the first column holds names of code.</param>
    public static MimeBundle Of(IReadOnlyList<string[]> rows, string[]? heads = null, bool isCode = true)
    {
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>"));
        var head = heads is null
            ? ""
            : $"<thead><tr>{string.Concat(heads.Select(each => $"<th{Left}>{each}</th>"))}</tr></thead>";
        var widths = Enumerable
            .Range(0, rows[0].Length)
            .Select(column => rows.Max(row => row[column].Length))
            .ToArray();
        return new MimeBundle
        {
            { MimeTypes.Html, $"<table>{head}<tbody>{body}</tbody></table>" },
            {
                MimeTypes.Plain,
                string.Join(
                    '\n',
                    rows.Select(row =>
                        string.Join("  ", row.Zip(widths, (cell, width) => cell.PadRight(width))).TrimEnd()
                    )
                )
            },
        };

        string Cell(string text, int column)
        {
            var encoded = WebUtility.HtmlEncode(text);
            return $"<td{Left}>{(column == 0 && isCode ? $"<code>{encoded}</code>" : encoded)}</td>";
        }
    }
}
