using System.Net;
using System.Text;

namespace TResNet.Interactive.Formatting;

/// <summary>A table that is drawn as HTML in a notebook and as aligned text everywhere else.</summary>
public sealed record Table
{
    /// <summary>The line above; none when null.</summary>
    public string? Title { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>The rows; each has a text for every column.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    /// <summary>A last row that sums up; none when null.</summary>
    public IReadOnlyList<string>? Footer { get; init; }

    /// <summary>A quiet line below; none when null.</summary>
    public string? Note { get; init; }

    /// <summary>The table as HTML, with the style it needs.</summary>
    public string ToHtml() => Style.Wrap(ToInnerHtml());

    /// <summary>The table as aligned text.</summary>
    public override string ToString()
    {
        var widths = Columns
            .Select((column, i) => AllRows().Select(row => row[i].Length).Append(column.Header.Length).Max())
            .ToArray();
        var text = new StringBuilder();
        if (Title is not null)
        {
            text.Append(Title).Append("\n\n");
        }

        AppendLine(text, [.. Columns.Select(column => column.Header)], widths);
        text.Append(string.Join("  ", widths.Select(width => new string('─', width)))).Append('\n');
        foreach (var row in Rows)
        {
            AppendLine(text, row, widths);
        }

        if (Footer is not null)
        {
            text.Append(string.Join("  ", widths.Select(width => new string('─', width)))).Append('\n');
            AppendLine(text, Footer, widths);
        }

        if (Note is not null)
        {
            text.Append('\n').Append(Note).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    internal string ToInnerHtml()
    {
        var html = new StringBuilder();
        if (Title is not null)
        {
            html.Append($"<p class=\"tresnet-title\">{Encode(Title)}</p>");
        }

        html.Append("<div class=\"tresnet-scroll\"><table class=\"tresnet-table\"><thead><tr>");
        foreach (var column in Columns)
        {
            html.Append($"<th{Class(column)}>{Encode(column.Header)}</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (var row in Rows)
        {
            AppendRow(html, row);
        }

        html.Append("</tbody>");
        if (Footer is not null)
        {
            html.Append("<tfoot>");
            AppendRow(html, Footer);
            html.Append("</tfoot>");
        }

        html.Append("</table></div>");
        if (Note is not null)
        {
            html.Append($"<p class=\"tresnet-note\">{Encode(Note)}</p>");
        }

        return html.ToString();
    }

    private IEnumerable<IReadOnlyList<string>> AllRows() => Footer is null ? Rows : Rows.Append(Footer);

    private void AppendRow(StringBuilder html, IReadOnlyList<string> row)
    {
        html.Append("<tr>");
        for (var i = 0; i < Columns.Count; i++)
        {
            html.Append($"<td{Class(Columns[i])}>{Encode(row[i])}</td>");
        }

        html.Append("</tr>");
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        var line = Columns.Select(
            (column, i) => column.Numeric ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i])
        );
        text.Append(string.Join("  ", line).TrimEnd()).Append('\n');
    }

    private static string Class(Column column) => column.Numeric ? " class=\"tresnet-number\"" : "";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Header">Its title.</param>
/// <param name="Numeric">Whether it holds numbers, which are set flush right.</param>
public sealed record Column(string Header, bool Numeric = false);
