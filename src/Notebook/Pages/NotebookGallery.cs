// Several notebooks as a site: a page each, and one that lists them with a picture and the question that each answers. It needs no server and no network.
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages.Sanitizing;

namespace Notebook.Pages;

/// <summary>Renders several notebooks as pages that lead to each other.</summary>
public static partial class NotebookGallery
{
    /// <summary>The page that lists all.</summary>
    public const string Index = "index.html";

    // The list runs nothing: pictures are images, in which scripts are dead anyway.
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the pages, in the order of the notebooks.</summary>
    /// <param name="title">What the whole is called.</param>
    /// <param name="notebooks">The files, with their outputs; no two of them have the same name.</param>
    /// <param name="folder">Where the pages go.</param>
    /// <returns>The files that were written, the list first.</returns>
    /// <exception cref="CommandException">Two notebooks would be one page, a notebook cannot be read, or a page cannot be written.</exception>
    public static IReadOnlyList<string> Write(string title, IReadOnlyList<string> notebooks, string folder) =>
        Write(title, notebooks, folder, false, out _);

    /// <summary>Writes the pages, in the order of the notebooks.</summary>
    /// <param name="title">What the whole is called.</param>
    /// <param name="notebooks">The files, with their outputs; no two of them have the same name.</param>
    /// <param name="folder">Where the pages go.</param>
    /// <param name="sanitize">Whether what came with the notebooks is to run nothing there.</param>
    /// <param name="lost">From how many texts and outputs something was taken out that could have run.</param>
    /// <returns>The files that were written, the list first.</returns>
    /// <exception cref="CommandException">Two notebooks would be one page, a notebook cannot be read, or a page cannot be written.</exception>
    public static IReadOnlyList<string> Write(
        string title,
        IReadOnlyList<string> notebooks,
        string folder,
        bool sanitize,
        out int lost
    )
    {
        var entries = notebooks.Select(path => new Entry(path, DocumentFormats.Read(path))).ToArray();
        if (
            entries
                .GroupBy(entry => entry.Page, StringComparer.OrdinalIgnoreCase)
                .FirstOrDefault(same => same.Skip(1).Any()) is
            { } twice
        )
        {
            throw new CommandException(
                $"{string.Join(" and ", twice.Select(entry => entry.Path))} would both be {twice.Key}: give them different names."
            );
        }

        if (entries.FirstOrDefault(entry => entry.Page.Equals(Index, StringComparison.OrdinalIgnoreCase)) is { } list)
        {
            throw new CommandException($"{list.Path} would be {Index}, which is the list: give it another name.");
        }

        var pages = entries.ToDictionary(entry => Path.GetFileName(entry.Path), entry => entry.Page);
        var written = new List<string> { Path.Combine(folder, Index) };
        lost = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var frame = new PageFrame
            {
                Home = new PageLink(title, Index),
                Previous = i > 0 ? entries[i - 1].Link : null,
                Next = i < entries.Length - 1 ? entries[i + 1].Link : null,
                Pages = pages,
            };
            written.Add(Path.Combine(folder, entries[i].Page));
            lost += NotebookPage.Write(
                entries[i].Document,
                written[^1],
                Path.GetDirectoryName(Path.GetFullPath(entries[i].Path)),
                frame,
                sanitize
            );
        }

        AtomicFile.Write(written[0], ListOf(title, entries));
        return written;
    }

    private static string ListOf(string title, IReadOnlyList<Entry> entries)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Append($"<title>{Encode(title)}</title>\n<style>\n{PageAssets.Styles}</style>\n</head>\n<body>\n");
        html.Append($"<main>\n<h1>{Encode(title)}</h1>\n<ol class=\"gallery\">\n");
        foreach (var entry in entries)
        {
            var picture = entry.Picture is { } svg ? Drawing.ToImage(svg) : "";
            html.Append(
                $"<li><a href=\"{Encode(entry.Link.Address)}\"><span class=\"picture\">{picture}</span><strong>{Encode(entry.Link.Title)}</strong></a><p>{Encode(entry.Question)}</p></li>\n"
            );
        }

        return html.Append("</ol>\n</main>\n</body>\n</html>\n").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"\*([^*\n]+\?)\*")]
    private static partial Regex Question();

    private sealed record Entry(string Path, NotebookDocument Document)
    {
        // What a run wrote is called after its notebook.
        private readonly string name = Regex.Replace(System.IO.Path.GetFileNameWithoutExtension(Path), @"\.out$", "");

        public string Page => name + ".html";

        public PageLink Link => new(Document.Title ?? name, Uri.EscapeDataString(Page));

        /// <summary>The first emphasised question of its Markdown; nothing where it asks none.</summary>
        public string Question =>
            Document
                .Cells.Where(cell => cell.IsMarkdown)
                .Select(cell => NotebookGallery.Question().Match(cell.Source))
                .FirstOrDefault(match => match.Success)
                ?.Groups[1]
                .Value
            ?? "";

        /// <summary>The first chart that it shows; null where there is none.</summary>
        public string? Picture =>
            Document
                .Cells.SelectMany(cell => cell.Outputs)
                .Select(OutputJson.Read)
                .Select(output =>
                    output switch
                    {
                        DisplayOutput display => display.Data,
                        ResultOutput result => result.Data,
                        _ => null,
                    }
                )
                .Select(data => data is not null && data.TryGet(MimeTypes.Svg, out var svg) ? svg : null)
                .FirstOrDefault(svg => svg is not null);
    }
}
