// One output as HTML, in the richest of its forms that a page without network can show.
using System.Net;
using System.Text.RegularExpressions;
using Notebook.Outputs;
using Notebook.Pages.Sanitizing;

namespace Notebook.Pages;

/// <summary>Renders outputs and counts what they need of the page.</summary>
/// <param name="markdown">Renders the outputs that are Markdown.</param>
/// <param name="drawsCharts">Whether the page can carry plotly.js; without it a chart is its static picture.</param>
/// <param name="cleaner">What HTML and drawings go through; null where they stand as they are.</param>
internal sealed partial class OutputRenderer(MarkdownRenderer markdown, bool drawsCharts, HtmlCleaner? cleaner = null)
{
    /// <summary>How many charts plotly.js has to draw.</summary>
    public int Charts { get; private set; }

    /// <summary>The kinds of traces that plotly.js has to draw (<see cref="FigureTraces"/>).</summary>
    public HashSet<string> Traces { get; } = [];

    /// <summary>How many diagrams mermaid.js has to draw.</summary>
    public int Diagrams { get; private set; }

    /// <summary>An output as HTML; empty when there is nothing to see.</summary>
    public string Render(Output output) =>
        output switch
        {
            StreamOutput stream => Block(
                $"<pre>{Encode(TerminalText.Clean(stream.Text).TrimEnd('\n'))}</pre>",
                stream.Name
            ),
            DisplayOutput display => Render(display.Data),
            ResultOutput result => Render(result.Data),
            ErrorOutput error => Error(error),
            _ => "",
        };

    private string Render(MimeBundle data)
    {
        if (data.TryGet(MimeTypes.Plotly, out var figure))
        {
            data.TryGet(MimeTypes.Svg, out var picture);
            if (drawsCharts)
            {
                return Chart(figure, picture);
            }

            if (picture is not null)
            {
                return Picture(picture);
            }
        }

        if (data.TryGet(MimeTypes.Mermaid, out var diagram))
        {
            Diagrams++;
            return Block($"<pre class=\"mermaid\">{Encode(diagram)}</pre>", "picture");
        }

        if (data.TryGet(MimeTypes.Html, out var html))
        {
            var own = DefaultStyles().Replace(html, "");
            Traces.UnionWith(FigureTraces.InHtml(own));
            return Block(cleaner?.Clean(own) ?? own, "html");
        }

        if (data.TryGet(MimeTypes.Svg, out var svg))
        {
            return Picture(svg);
        }

        foreach (var (type, content) in data)
        {
            if (type is "image/png" or "image/jpeg" or "image/gif" or "image/webp")
            {
                var data64 = Encode(content.ReplaceLineEndings(""));
                return Block($"<img alt=\"\" src=\"data:{type};base64,{data64}\">", "picture");
            }
        }

        return data.TryGet(MimeTypes.Markdown, out var text) ? Block(markdown.Render(text), "prose")
            : data.TryGet(MimeTypes.Plain, out var plain)
                ? Block($"<pre>{Encode(TerminalText.Clean(plain).TrimEnd('\n'))}</pre>", "plain")
            : "";
    }

    private string Chart(string figure, string? picture)
    {
        Charts++;
        var json = FigureJson.Compact(figure) ?? "null";
        Traces.UnionWith(FigureTraces.Of(json));
        var fallback = picture is null ? "" : $"<div class=\"fallback{Adaptable(picture)}\">{Drawn(picture)}</div>";
        return Block(
            $"<div class=\"plot\"></div><script type=\"application/json\">{InScript(json)}</script>{fallback}",
            "chart"
        );
    }

    private string Picture(string svg) => Block($"<div class=\"svg{Adaptable(svg)}\">{Drawn(svg)}</div>", "picture");

    private string Drawn(string svg) => cleaner is null ? AsInline(svg) : Drawing.ToImage(svg);

    private static string Error(ErrorOutput error)
    {
        var text = TerminalText.Clean(string.Join('\n', error.Traceback));
        var named = error.Name + ": ";
        var body = text.StartsWith(named, StringComparison.Ordinal) ? text[named.Length..] : text;
        return Block($"<div class=\"error-name\">{Encode(Title(error.Name))}</div><pre>{Encode(body)}</pre>", "error");
    }

    private static string Title(string name) =>
        name switch
        {
            "CompilationError" => "Does not compile",
            "CommandException" => "Error",
            _ => name,
        };

    private static string Block(string html, string kind) =>
        html is "<pre></pre>" ? "" : $"<div class=\"output {kind}\">{html}</div>";

    /// <summary>
    /// A drawing made for a white page has its lightness turned over in the dark; one that holds photographs, or that
    /// follows the theme by itself, is left alone.
    /// </summary>
    private static string Adaptable(string svg) =>
        svg.Contains("<image", StringComparison.Ordinal)
        || svg.Contains("prefers-color-scheme", StringComparison.Ordinal)
        || svg.Contains("currentColor", StringComparison.Ordinal)
            ? ""
            : " adaptable";

    /// <summary>An SVG document as an element: no XML declaration, no document type.</summary>
    private static string AsInline(string svg) =>
        svg.IndexOf("<svg", StringComparison.Ordinal) is > 0 and var at ? svg[at..] : svg;

    /// <summary>Text that cannot end the script element it stands in; <c>&lt;/</c> alone may be a regular expression's.</summary>
    internal static string InScript(string text) =>
        EndOfScript().Replace(text, "<\\/$1").Replace("<!--", "<\\!--", StringComparison.Ordinal);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex("</(script)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EndOfScript();

    // The style sheet that Microsoft.DotNet.Interactive.Formatting repeats in every table; the page has it once, themed.
    [GeneratedRegex(@"<style>\s*\.dni-code-hint.*?</style>", RegexOptions.Singleline)]
    private static partial Regex DefaultStyles();
}
