using System.Globalization;
using System.Net;
using System.Text;

namespace TResNet.Interactive.Tables;

/// <summary>A table that is drawn as HTML in a notebook and as aligned text everywhere else.</summary>
public sealed record Table : IViewPart
{
    /// <summary>Texts are cut down to this before a column is left out for them.</summary>
    private const int LongText = 32;

    /// <summary>No text is cut further than this.</summary>
    private const int ShortText = 8;

    /// <summary>The line above; none when null.</summary>
    public string? Title { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>The rows; each has a cell for every column.</summary>
    public required IReadOnlyList<IReadOnlyList<Cell>> Rows { get; init; }

    /// <summary>A last row that sums up; none when null.</summary>
    public IReadOnlyList<Cell>? Footer { get; init; }

    /// <summary>The index of a row that stands out, in HTML; none when null.</summary>
    public int? Emphasis { get; init; }

    /// <summary>Quiet lines below; none when null.</summary>
    public string? Note { get; init; }

    /// <summary>Whether a click on a column's header sorts by it, in HTML.</summary>
    public bool Sortable { get; init; }

    /// <summary>The rows before the rest, which is opened by a click in HTML; all when null.</summary>
    public int? Unfolded { get; init; }

    /// <summary>What is said of the rest in the place of it.</summary>
    public string RestTitle { get; init; } = "more";

    private const int Many = 9;

    /// <summary>The table as HTML, with the style it needs.</summary>
    public string ToHtml() => Style.Wrap(ToInnerHtml());

    /// <summary>The table as aligned text.</summary>
    public override string ToString() => Within(int.MaxValue).ToText();

    /// <summary>
    /// The table as a terminal has room for it: marks are part of the texts. Where it is narrow, columns are left out, those of the highest rank first
    /// and those of rank 0 never, and then the longest texts lose their middle; numbers are never cut.
    /// </summary>
    /// <param name="width">The letters of a line, of which two stand between columns.</param>
    public Table Within(int width) => WithAsidesInTexts().WithMarksInTexts().Narrowed(width);

    string IViewPart.ToInnerHtml() => ToInnerHtml();

    internal string ToInnerHtml()
    {
        var table = WithColumnsBelow();
        if (Unfolded is not { } first || first >= Rows.Count)
        {
            return table.ToHtmlOfAll();
        }

        var shown = table with { Rows = [.. table.Rows.Take(first)], Footer = null, Note = null };
        var rest = table with { Title = null, Rows = [.. table.Rows.Skip(first)], Note = null };
        return $"{shown.ToHtmlOfAll()}<details class=\"tresnet-rest\"><summary>{Encode(RestTitle)}</summary>{rest.ToHtmlOfAll()}</details>{NoteHtml()}";
    }

    private string NoteHtml() => Note is null ? "" : $"<p class=\"tresnet-note\">{DisplayText.Lines(Note)}</p>";

    private string ToHtmlOfAll()
    {
        var html = new StringBuilder();
        if (Title is not null)
        {
            html.Append($"<p class=\"tresnet-title\">{Encode(Title)}</p>");
        }

        html.Append(
            $"<div class=\"tresnet-scroll\"><table class=\"tresnet-table{(Columns.Count > Many ? " tresnet-wide" : "")}\">"
        );
        html.Append(Sortable ? $"<thead onclick=\"{Sorting.Handler}\"><tr>" : "<thead><tr>");
        var attributes = Enumerable.Range(0, Columns.Count).Select(i => Class(i) + Alignment(i)).ToArray();
        for (var i = 0; i < Columns.Count; i++)
        {
            var header = Encode(Columns[i].Header);
            html.Append(header.Length == 0 ? "<td></td>" : $"<th scope=\"col\"{attributes[i]}>{header}</th>");
        }

        html.Append("</tr></thead><tbody>");
        for (var i = 0; i < Rows.Count; i++)
        {
            AppendRow(html, Rows[i], attributes, i == Emphasis);
        }

        html.Append("</tbody>");
        if (Footer is not null)
        {
            html.Append("<tfoot>");
            AppendRow(html, Footer, attributes);
            html.Append("</tfoot>");
        }

        return html.Append("</table></div>").Append(NoteHtml()).ToString();
    }

    private string ToText()
    {
        int[] widths = [.. Enumerable.Range(0, Columns.Count).Select(Width)];
        var text = new StringBuilder();
        if (Title is not null)
        {
            text.Append(Title).Append("\n\n");
        }

        AppendLine(text, [.. Columns.Select(column => new Cell(column.Header))], widths);
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

    private Table WithColumnsBelow()
    {
        int[] beside = [.. Enumerable.Range(0, Columns.Count).Where(i => !Columns[i].Below)];
        if (beside.Length == Columns.Count)
        {
            return this;
        }

        IReadOnlyList<Cell> Joined(IReadOnlyList<Cell> row) =>
            [
                row[0] with
                {
                    Aside = string.Join(", ", row.Where((_, i) => Columns[i].Below).Select(cell => cell.Text)),
                },
                .. beside.Skip(1).Select(i => row[i]),
            ];
        return this with
        {
            Columns = [.. beside.Select(i => Columns[i])],
            Rows = [.. Rows.Select(Joined)],
            Footer = Footer is null ? null : [.. beside.Select(i => Footer[i])],
        };
    }

    private Table WithAsidesInTexts()
    {
        static Cell Joined(Cell cell) =>
            cell.Aside is null ? cell : cell with { Text = $"{cell.Text} ({cell.Aside})", Aside = null };
        return this with
        {
            Rows = [.. Rows.Select(row => row.Select(Joined).ToArray())],
            Footer = Footer?.Select(Joined).ToArray(),
        };
    }

    private Table WithMarksInTexts()
    {
        int Room(int i) =>
            AllRows().Select(row => row[i].Mark is { } mark ? 1 + mark.Length : 0).DefaultIfEmpty(0).Max();
        var room = Enumerable.Range(0, Columns.Count).Select(Room).ToArray();
        Cell Marked(Cell cell, int i) =>
            room[i] == 0
                ? cell
                : cell with
                {
                    Text = (cell.Mark is null ? cell.Text : $"{cell.Text} {cell.Mark}").PadRight(
                        cell.Text.Length + room[i]
                    ),
                    Mark = null,
                };
        return this with
        {
            Columns = [.. Columns.Select((each, i) => each with { Header = Marked(each.Header, i).Text })],
            Rows = [.. Rows.Select(row => row.Select(Marked).ToArray())],
            Footer = Footer?.Select(Marked).ToArray(),
        };
    }

    private Table Narrowed(int width)
    {
        var kept = Enumerable.Range(0, Columns.Count).ToList();
        int Least(int i, int most) => Columns[i].Numeric ? Width(i) : Math.Min(Width(i), most);
        while (kept.Sum(i => Least(i, LongText)) + 2 * (kept.Count - 1) > width && kept.Any(i => Columns[i].Rank > 0))
        {
            kept.Remove(kept.MaxBy(i => Columns[i].Rank));
        }

        var widths = kept.ToDictionary(i => i, Width);
        var beyond = widths.Values.Sum() + 2 * (kept.Count - 1) - width;
        for (; beyond > 0 && kept.Any(i => widths[i] > Least(i, ShortText)); beyond--)
        {
            widths[kept.Where(i => widths[i] > Least(i, ShortText)).MaxBy(i => widths[i])]--;
        }

        string[] left = [.. Columns.Where((_, i) => !kept.Contains(i)).Select(column => column.Header)];
        var more =
            left.Length == 0
                ? ""
                : $"\nLeft out for want of room: {DisplayText.List(left)}; a wider terminal shows more.";
        Cell Cut(IReadOnlyList<Cell> row, int i) =>
            row[i] with
            {
                Text = Columns[i].Prose
                    ? DisplayText.InLines(row[i].Text, widths[i])
                    : DisplayText.Cut(row[i].Text, widths[i]),
            };
        return this with
        {
            Columns = [.. kept.Select(i => Columns[i] with { Header = DisplayText.Cut(Columns[i].Header, widths[i]) })],
            Rows = [.. Rows.Select(row => kept.Select(i => Cut(row, i)).ToArray())],
            Footer = Footer is null ? null : [.. kept.Select(i => Cut(Footer, i))],
            Note = (Note + more).TrimStart('\n') is { Length: > 0 } note ? note : null,
        };
    }

    private int Width(int column) =>
        AllRows().Select(row => row[column].Text.Length).Append(Columns[column].Header.Length).Max();

    private IEnumerable<IReadOnlyList<Cell>> AllRows() => Footer is null ? Rows : Rows.Append(Footer);

    private void AppendRow(StringBuilder html, IReadOnlyList<Cell> row, string[] attributes, bool stands = false)
    {
        html.Append(stands ? "<tr class=\"tresnet-emphasis\">" : "<tr>");
        for (var i = 0; i < Columns.Count; i++)
        {
            var cell = row[i];
            html.Append($"<td{attributes[i]}");
            if (Sortable && cell.Number is { } number && double.IsFinite(number))
            {
                html.Append($" data-sort=\"{number.ToString("R", CultureInfo.InvariantCulture)}\"");
            }

            html.Append(cell.Hint is null ? ">" : $" title=\"{Encode(cell.Hint)}\">");
            var text = Columns[i].Breaks ? Encode(cell.Text).Replace(".", ".<wbr>") : Encode(cell.Text);
            if (cell.Picture is { } picture)
            {
                html.Append(
                    $"<img class=\"tresnet-thumbnail\" alt=\"\" src=\"data:image/png;base64,{Convert.ToBase64String(picture)}\">"
                );
            }

            html.Append(cell.Url is null ? text : $"<a href=\"{Encode(cell.Url)}\">{text}</a>");
            html.Append(cell.Mark is null ? "" : $"<sup>{Encode(cell.Mark)}</sup>");
            html.Append(cell.Aside is null ? "</td>" : $"<div class=\"tresnet-aside\">{Encode(cell.Aside)}</div></td>");
        }

        html.Append("</tr>");
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<Cell> cells, int[] widths)
    {
        var line = Columns.Select(
            (column, i) => column.Numeric ? cells[i].Text.PadLeft(widths[i]) : cells[i].Text.PadRight(widths[i])
        );
        text.Append(string.Join("  ", line).TrimEnd()).Append('\n');
    }

    // Where the style sheet is dropped, Jupyter's own sets every cell flush right, and other pages every cell flush left.
    private string Alignment(int column) => Columns[column].Numeric ? " align=\"right\"" : " style=\"text-align:left\"";

    private string Class(int column) =>
        Columns[column].Breaks
            ? " class=\"tresnet-breaks\""
            : (Columns[column].Numeric, AllRows().Any(row => row[column].Mark is not null)) switch
            {
                (true, true) => " class=\"tresnet-number tresnet-marked\"",
                (true, false) => " class=\"tresnet-number\"",
                (false, true) => " class=\"tresnet-marked\"",
                _ => "",
            };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Header">Its title.</param>
/// <param name="Numeric">Whether it holds numbers, which are set flush right.</param>
/// <param name="Rank">0 for a column that a narrow terminal shows too; of the others the highest is left out first.</param>
/// <param name="Below">Whether its texts stand small below those of the first column, in HTML.</param>
/// <param name="Breaks">Whether texts may be broken after each dot where there is little room, in HTML.</param>
/// <param name="Prose">Whether it holds sentences, which a narrow terminal shows in several lines and never cuts.</param>
public sealed record Column(
    string Header,
    bool Numeric = false,
    int Rank = 0,
    bool Breaks = false,
    bool Below = false,
    bool Prose = false
);
