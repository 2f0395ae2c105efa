// The small kernels: text that is shown, not run by the host.
using System.Net;
using System.Text.RegularExpressions;
using Markdig;
using Notebook.Language;
using Notebook.Outputs;
using Notebook.Pages;

namespace Notebook.Magics;

/// <summary>Shows Markdown, HTML, JavaScript and Mermaid's diagrams.</summary>
internal sealed partial class TextLanguages
{
    private bool hasSentMermaid;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoLinks()
        .Build();

    /// <summary>The names of the kernels, each with its other names.</summary>
    public static IEnumerable<(string Name, string[] Aliases)> Kernels =>
        [("html", []), ("javascript", ["js"]), ("markdown", ["md"]), ("mermaid", [])];

    /// <summary>The names of the kernels with what they do.</summary>
    public static IEnumerable<(string Name, string Meaning)> Described =>
        [
            ("#!csharp", "The lines below are C# again."),
            ("#!html", "Shows the lines below as HTML."),
            ("#!javascript", "Runs the lines below in the browser."),
            ("#!markdown", "Shows the lines below as Markdown."),
            ("#!mermaid", "Draws the lines below as a Mermaid diagram."),
        ];

    /// <summary>What a script asks of .NET Interactive's page that is not there, with what to do; null where it asks nothing.</summary>
    public static string? MissingIn(Segment segment) =>
        segment.Kind == SegmentKind.JavaScript && PageApi().Match(segment.Text) is { Success: true } asked
            ? $"'{asked.Value}' is of .NET Interactive's page and not here: #!share gives a script C# variables, and what runs C# belongs in a C# cell."
            : null;

    [GeneratedRegex(@"\bkernel\.root\b|\bpolyglotNotebooks\b|\binteractive\.(csharp|fsharp|registerCommandHandler)\b")]
    private static partial Regex PageApi();

    /// <summary>A segment as what the front end shows.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="shared">Variables that JavaScript sees, as JSON by name.</param>
    public MimeBundle Show(Segment segment, IReadOnlyDictionary<string, string> shared) =>
        segment.Kind switch
        {
            SegmentKind.Markdown => new MimeBundle
            {
                { MimeTypes.Markdown, segment.Text },
                { MimeTypes.Html, Markdown.ToHtml(segment.Text, Pipeline) },
                { MimeTypes.Plain, segment.Text },
            },
            SegmentKind.Html => new MimeBundle { { MimeTypes.Html, segment.Text }, { MimeTypes.Plain, segment.Text } },
            SegmentKind.Mermaid => Diagram(segment.Text),
            _ => JavaScript(segment.Text, shared),
        };

    private static MimeBundle JavaScript(string code, IReadOnlyDictionary<string, string> shared)
    {
        // A block of its own, so that the same names may be declared by the next cell.
        var given = string.Concat(shared.Select(each => $"const {each.Key} = {each.Value};\n"));
        var all = given.Length == 0 ? code : $"{{\n{given}{code}\n}}";
        return new MimeBundle
        {
            { "application/javascript", all },
            { MimeTypes.Html, $"<script type=\"module\">{OutputRenderer.InScript(all)}</script>" },
            { MimeTypes.Plain, code },
        };
    }

    // Newer front ends draw text/vnd.mermaid themselves. For the others the first diagram of a session brings the library along; without it,
    // the text is shown as it is.
    private MimeBundle Diagram(string text)
    {
        var library = hasSentMermaid || PageAssets.Mermaid is not { } script ? "" : $"<script>{script}</script>";
        hasSentMermaid = true;
        var id = "mermaid-" + Guid.NewGuid().ToString("N")[..8];
        return new MimeBundle
        {
            { MimeTypes.Mermaid, text },
            {
                MimeTypes.Html,
                $"{library}<pre id=\"{id}\">{WebUtility.HtmlEncode(text)}</pre><script>(async () => {{ const place = document.getElementById('{id}'); "
                    + "if (!place || !window.mermaid) return; window.mermaid.initialize({ startOnLoad: false, theme: 'neutral' }); "
                    + $"const {{ svg }} = await window.mermaid.render('{id}-svg', place.textContent); place.outerHTML = svg; }})();</script>"
            },
            { MimeTypes.Plain, text },
        };
    }
}
