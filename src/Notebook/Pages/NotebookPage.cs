// A notebook as one HTML file that a person can send: styles, scripts, pictures inside, and no way to the network.
using System.Globalization;
using System.Net;
using System.Text;
using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages.Sanitizing;
using Notebook.Runner;
using Notebook.Session.Errors;

namespace Notebook.Pages;

/// <summary>Renders notebooks as self-contained pages.</summary>
public static class NotebookPage
{
    /// <summary>
    /// What the page may do: run and draw what it carries. Whatever a cell's output asks of the network is refused, so
    /// that the page looks the same everywhere and tells nobody that it was opened.
    /// </summary>
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'; script-src ";

    private const string AnyScript = "'unsafe-inline'";

    /// <summary>A page has a table of contents from this many headings on.</summary>
    private const int LongPage = 5;

    /// <summary>Letters of a cell that a page shows; more of them no browser lays out in time.</summary>
    private const int MostShown = 1 << 20;

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    /// <param name="document">The notebook with its outputs.</param>
    /// <param name="path">The file.</param>
    /// <param name="folder">Where the pictures are that its Markdown names; null for none.</param>
    /// <param name="frame">What stands around it where it is one of several pages; null for nothing.</param>
    /// <param name="sanitize">Whether what came with the notebook is to run nothing there.</param>
    /// <returns>From how many texts and outputs something was taken out that could have run; 0 without <paramref name="sanitize"/>.</returns>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static int Write(
        NotebookDocument document,
        string path,
        string? folder = null,
        PageFrame? frame = null,
        bool sanitize = false
    )
    {
        var cleaner = sanitize ? new HtmlCleaner() : null;
        AtomicFile.Write(path, Render(document, folder, PageAssets.Plotly, frame, cleaner));
        return cleaner?.Lost ?? 0;
    }

    /// <summary>The page as text.</summary>
    /// <param name="document">The notebook with its outputs.</param>
    /// <param name="folder">Where the pictures are that its Markdown names; null for none.</param>
    /// <param name="sanitize">Whether what came with the notebook is to run nothing there.</param>
    public static string Render(NotebookDocument document, string? folder = null, bool sanitize = false) =>
        Render(document, folder, PageAssets.Plotly, null, sanitize ? new HtmlCleaner() : null);

    internal static string Render(
        NotebookDocument document,
        string? folder,
        PlotlyScripts? plotly,
        PageFrame? frame = null,
        HtmlCleaner? cleaner = null
    )
    {
        var markdown = new MarkdownRenderer(folder, frame?.Pages, cleaner);
        var outputs = new OutputRenderer(markdown, plotly is not null, cleaner);
        var body = new StringBuilder();
        var hasRun = document.Cells.Any(cell => cell.ExecutionCount is not null);
        var afterOpening = 0;
        foreach (var cell in document.Cells)
        {
            body.Append(Cell(cell, hasRun, markdown, outputs));
            afterOpening = cell == document.Cells[0] && cell.IsMarkdown ? body.Length : afterOpening;
        }

        var title = Encode(document.Title ?? "Notebook");
        var contents = Contents(markdown.Headings);
        var scripts = new PageScripts();
        var libraries = Libraries(outputs, plotly, scripts);
        var own = scripts.Add((cleaner is null ? "" : PageAssets.Sorting) + PageAssets.Script);
        var sources = cleaner is null ? AnyScript : scripts.Sources;
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}{sources}\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Append($"<title>{title}</title>\n<style>\n{PageAssets.Styles}</style>\n{libraries}</head>\n");
        string[] classes =
        [
            .. contents.Length > 0 ? ["long"] : (string[])[],
            .. cleaner is null ? [] : (string[])["sanitized"],
        ];
        html.Append(classes.Length > 0 ? $"<body class=\"{string.Join(' ', classes)}\">\n" : "<body>\n");
        body.Insert(afterOpening, contents);
        html.Append($"<main>\n{Above(frame)}{Summary(document)}{body}{Below(frame)}</main>\n");
        return html.Append($"{own}</body>\n</html>\n").ToString();
    }

    /// <summary>They run before there is an element that could stand in the place of a name that they look for.</summary>
    private static string Libraries(OutputRenderer outputs, PlotlyScripts? plotly, PageScripts scripts) =>
        (outputs.Charts > 0 ? scripts.Add(plotly!.Drawing(outputs.Traces)) : "")
        + (outputs.Diagrams > 0 && PageAssets.Mermaid is { } mermaid ? scripts.Add(mermaid) : "");

    private static string Cell(NotebookCell cell, bool hasRun, MarkdownRenderer markdown, OutputRenderer outputs)
    {
        // What stopped the run is shown whatever the tags say.
        var failed = HasFailed(cell);
        var visibility = failed ? CellVisibility.Shown : CellTags.OfCell(cell);
        var html =
            visibility == CellVisibility.Removed ? ""
            : cell.IsMarkdown ? Prose(cell, markdown)
            : Code(cell, hasRun, failed, outputs);
        return visibility == CellVisibility.Folded ? Folded("Show cell", html) : html;
    }

    private static string Prose(NotebookCell cell, MarkdownRenderer markdown) =>
        string.IsNullOrWhiteSpace(cell.Source) ? ""
        : cell.Source.Length > MostShown ? $"<section class=\"prose\">\n<pre>{Beginning(cell)}</pre>\n</section>\n"
        : $"<section class=\"prose\">\n{markdown.Render(cell.Source, cell.Attachments)}\n</section>\n";

    private static string Code(NotebookCell cell, bool hasRun, bool failed, OutputRenderer outputs)
    {
        var shown = cell.Outputs.Select(OutputJson.Read).OfType<Output>().ToList();
        if (cell.Language == CellLanguage.Mermaid && !hasRun && shown.Count == 0)
        {
            // It says already all that running it would.
            shown.Add(new DisplayOutput(new MimeBundle { { "text/vnd.mermaid", cell.Source } }));
        }

        var (input, output) = failed
            ? (CellVisibility.Shown, CellVisibility.Shown)
            : (CellTags.OfInput(cell), CellTags.OfOutput(cell));
        var notRun = cell.Language != CellLanguage.Raw && hasRun && cell.ExecutionCount is null;
        var note = Note(cell, failed, notRun);
        var code =
            string.IsNullOrWhiteSpace(cell.Source) || input == CellVisibility.Removed
                ? ""
                : $"<div class=\"code\"><div class=\"note\">{string.Concat(note.Select(word => $"<span>{Encode(word)}</span>"))}</div><pre><code>{WithRoom(Source(cell), note)}</code></pre></div>\n";
        var results =
            output == CellVisibility.Removed
                ? ""
                : string.Concat(
                    shown.Select(outputs.Render).Where(each => each.Length > 0).Select(each => each + "\n")
                );
        if (code.Length + results.Length == 0 && (input, output) != (CellVisibility.Shown, CellVisibility.Shown))
        {
            return "";
        }

        var state =
            failed ? " failed"
            : notRun ? " not-run"
            : "";
        return $"<section class=\"cell{state}\"{(failed ? " id=\"stopped\"" : "")}>\n"
            + $"<div class=\"count\">{(input == CellVisibility.Shown ? cell.ExecutionCount : null)}</div>\n"
            + (input == CellVisibility.Folded ? Folded("Show code", code) : code)
            + (output == CellVisibility.Folded ? Folded("Show output", results) : results)
            + "</section>\n";
    }

    /// <summary>A line that shows more when it is clicked, as Jupyter Book has it.</summary>
    private static string Folded(string title, string html) =>
        html.Length == 0 ? "" : $"<details class=\"folded\"><summary>{title}</summary>\n{html}</details>\n";

    /// <summary>Whether an error stopped the run in a cell, and not one that the cell is there for.</summary>
    private static bool HasFailed(NotebookCell cell) =>
        cell
            .Outputs.Select(OutputJson.Read)
            .OfType<ErrorOutput>()
            .Any(error =>
                !CellTags.Has(cell, CellTags.RaisesException)
                || error.Name is CellError.Interrupted or NotebookRunner.TimeoutName
            );

    private static string Source(NotebookCell cell) =>
        cell.Source.Length > MostShown ? Beginning(cell)
        : cell.Language == CellLanguage.CSharp ? CSharpHighlighter.ToHtml(cell.Source)
        : Encode(cell.Source);

    /// <summary>
    /// Code with room for the note at the end of its first line, beside which the note stands; the other lines have the whole width. The letters of the code
    /// are wider than those of the note, so that one for each, and one between, is enough.
    /// </summary>
    private static string WithRoom(string html, IReadOnlyList<string> note)
    {
        var end = html.IndexOf('\n') is >= 0 and var at ? at : html.Length;
        var letters = note.Sum(word => word.Length + 1);
        return html.Insert(end, $"<span class=\"room\" style=\"width:{letters}ch\"></span>");
    }

    private static string Beginning(NotebookCell cell)
    {
        var end = cell.Source.LastIndexOf('\n', MostShown - 1) is > 0 and var line ? line : MostShown;
        var more = (cell.Source.Length - end).ToString("N0", CultureInfo.InvariantCulture);
        return $"{Encode(cell.Source[..end])}\n… and {more} more letters, which the notebook has";
    }

    /// <summary>What stands beside a cell: its language, where it is another than C#, and its time or why it has none.</summary>
    private static IReadOnlyList<string> Note(NotebookCell cell, bool failed, bool notRun)
    {
        var time = CellTiming.Read(cell) is { } timing ? Duration.Format(timing.Elapsed) : "";
        var language = cell.Language == CellLanguage.CSharp ? "" : cell.Language;
        var end =
            notRun && CellTags.Has(cell, CellTags.SkipExecution) ? "skipped"
            : notRun ? "not run"
            : failed ? $"failed{(time.Length > 0 ? " after " + time : "")}"
            : time;
        return [.. new[] { language, end }.Where(word => word.Length > 0)];
    }

    /// <summary>When the notebook ran, for how long, and whether to the end.</summary>
    private static string Summary(NotebookDocument document)
    {
        var timings = document
            .Cells.Select(CellTiming.Read)
            .OfType<(DateTimeOffset Started, TimeSpan Elapsed)>()
            .ToList();
        if (timings.Count == 0)
        {
            return "";
        }

        var total = TimeSpan.FromTicks(timings.Sum(timing => timing.Elapsed.Ticks));
        var day = timings[0].Started.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var failed = document.Cells.Any(HasFailed);
        var verdict = failed
            ? "<a class=\"verdict bad\" href=\"#stopped\">Stopped by an error</a>"
            : "<span class=\"verdict good\">Ran to the end</span>";
        return $"<div class=\"summary\">{verdict}<span>{day}</span><span>{timings.Count} {(timings.Count == 1 ? "cell" : "cells")} in {Duration.Format(total)}</span></div>\n";
    }

    private static string Contents(IReadOnlyList<Heading> headings)
    {
        var listed = headings.Where(heading => heading.Level is 2 or 3).ToList();
        if (listed.Count < LongPage)
        {
            return "";
        }

        var html = new StringBuilder("<nav aria-label=\"Contents\"><div class=\"nav-title\">Contents</div>\n<ol>\n");
        foreach (var heading in listed)
        {
            html.Append(
                $"<li class=\"level-{heading.Level}\"><a href=\"#{heading.Id}\">{Encode(heading.Text)}</a></li>\n"
            );
        }

        return html.Append("</ol></nav>\n").ToString();
    }

    private static string Above(PageFrame? frame) =>
        frame is null
            ? ""
            : $"<div role=\"navigation\" class=\"frame\" aria-label=\"Site\"><a href=\"{Encode(frame.Home.Address)}\">{Encode(frame.Home.Title)}</a></div>\n";

    private static string Below(PageFrame? frame)
    {
        if (frame is null or { Previous: null, Next: null })
        {
            return "";
        }

        static string Link(PageLink? page, string relation, string arrow) =>
            page is null
                ? "<span></span>"
                : $"<a rel=\"{relation}\" href=\"{Encode(page.Address)}\"><span>{arrow}</span>{Encode(page.Title)}</a>";
        return $"<div role=\"navigation\" class=\"frame neighbours\" aria-label=\"Neighbours\">{Link(frame.Previous, "prev", "Previous")}{Link(frame.Next, "next", "Next")}</div>\n";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
