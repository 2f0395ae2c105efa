// Markdown cells as HTML, by Markdig (CommonMark with tables, footnotes, task lists). Formulas stay as they were typed.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Notebook.Pages.Sanitizing;

namespace Notebook.Pages;

/// <summary>A heading of the page.</summary>
internal sealed record Heading(int Level, string Id, string Text);

/// <summary>Renders Markdown so that the page needs nothing beside it.</summary>
/// <param name="folder">The notebook's folder, from which pictures are taken into the page; null for none.</param>
/// <param name="pages">The pages of other notebooks, by the address that Markdown has of each; null for none.</param>
/// <param name="cleaner">What the HTML goes through; null where it stands as it is.</param>
internal sealed class MarkdownRenderer(
    string? folder,
    IReadOnlyDictionary<string, string>? pages = null,
    HtmlCleaner? cleaner = null
)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseGridTables()
        .UseEmphasisExtras()
        .UseTaskLists()
        .UseFootnotes()
        .UseAutoLinks()
        .UseMathematics()
        .Build();

    private readonly HashSet<string> ids = [];

    /// <summary>The headings rendered so far.</summary>
    public List<Heading> Headings { get; } = [];

    /// <summary>Renders a text; its headings are added to <see cref="Headings"/>.</summary>
    /// <param name="markdown">The text.</param>
    /// <param name="attachments">The pictures that it names as <c>attachment:name</c>; null for none.</param>
    public string Render(string markdown, JsonObject? attachments = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var text = TextOf(heading.Inline);
            var id = UniqueId(text);
            heading.GetAttributes().Id = id;
            Headings.Add(new Heading(heading.Level, id, text));
        }

        foreach (var link in document.Descendants<LinkInline>().Where(link => !link.IsImage))
        {
            link.Url = InSite(link.Url);
        }

        foreach (var image in document.Descendants<LinkInline>().Where(link => link.IsImage).ToList())
        {
            TakeIn(image, attachments);
        }

        var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new TypedInlineFormula());
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new TypedFormula());
        renderer.Render(document);
        var html = CellAttachments.InHtml(writer.ToString(), attachments);
        return (cleaner?.Clean(html) ?? html).Trim();
    }

    private static string TextOf(ContainerInline? inline) =>
        inline is null
            ? ""
            : string.Concat(
                inline
                    .Descendants()
                    .Select(part =>
                        part switch
                        {
                            LiteralInline literal => literal.Content.ToString(),
                            CodeInline code => code.Content,
                            MathInline math => math.Content.ToString(),
                            _ => "",
                        }
                    )
            );

    private string UniqueId(string text)
    {
        var slug = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var name = slug.ToString().Trim('-') is { Length: > 0 } usable ? usable : "section";
        var id = name;
        for (var again = 2; !ids.Add(id); again++)
        {
            id = $"{name}-{again}";
        }

        return id;
    }

    /// <summary>A picture beside the notebook becomes part of the page; one on the network becomes a link to it.</summary>
    private void TakeIn(LinkInline image, JsonObject? attachments)
    {
        var url = image.Url ?? "";
        if (CellAttachments.NameIn(url) is { } name)
        {
            if (CellAttachments.Find(attachments, name) is { } picture)
            {
                image.Url = picture;
            }
            else
            {
                // It is nowhere: what it was to show is all there is to say.
                image.ReplaceBy(
                    new LiteralInline(TextOf(image) is { Length: > 0 } said ? said : name),
                    copyChildren: false
                );
            }

            return;
        }

        if (url.StartsWith("data:", StringComparison.Ordinal))
        {
            return;
        }

        if (
            !url.Contains("://", StringComparison.Ordinal)
            && folder is not null
            && PictureFile.Address(folder, Uri.UnescapeDataString(url), isBelow: cleaner is not null) is { } address
        )
        {
            image.Url = address;
            return;
        }

        image.IsImage = false;
        if (image.FirstChild is null)
        {
            image.AppendChild(new LiteralInline(url));
        }
    }

    private sealed class TypedInlineFormula : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline formula) =>
            renderer.Write($"<span class=\"math\">{WebUtility.HtmlEncode(formula.Content.ToString())}</span>");
    }

    private sealed class TypedFormula : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock formula) =>
            renderer.Write($"<div class=\"math\">{WebUtility.HtmlEncode(formula.Lines.ToString().Trim())}</div>\n");
    }

    /// <summary>The address of a page of the site for a link to its notebook, with its fragment; other addresses as they are.</summary>
    private string? InSite(string? url)
    {
        var at = url?.IndexOf('#') ?? -1;
        var (file, fragment) = at < 0 ? (url, "") : (url![..at], url[at..]);
        return file is not null && pages?.TryGetValue(Uri.UnescapeDataString(file), out var page) == true
            ? Uri.EscapeDataString(page) + fragment
            : url;
    }
}
