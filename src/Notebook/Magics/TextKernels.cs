// The small kernels: text that is shown, not run by the host.
using Markdig;
using Notebook.Running;

namespace Notebook.Magics;

/// <summary>Shows Markdown, HTML and JavaScript.</summary>
internal static class TextKernels
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoLinks()
        .Build();

    /// <summary>The names of the kernels with what they do.</summary>
    public static IEnumerable<(string Name, string Meaning)> Described =>
        [
            ("#!csharp", "The lines below are C# again."),
            ("#!html", "Shows the lines below as HTML."),
            ("#!javascript", "Runs the lines below in the browser."),
            ("#!markdown", "Shows the lines below as Markdown."),
        ];

    /// <summary>A segment as what the front end shows.</summary>
    public static MimeBundle Show(Segment segment) =>
        segment.Kind switch
        {
            SegmentKind.Markdown => new MimeBundle
            {
                { "text/markdown", segment.Text },
                { "text/html", Markdown.ToHtml(segment.Text, Pipeline) },
                { "text/plain", segment.Text },
            },
            SegmentKind.Html => new MimeBundle { { "text/html", segment.Text }, { "text/plain", segment.Text } },
            _ => new MimeBundle
            {
                { "application/javascript", segment.Text },
                { "text/html", $"<script type=\"module\">{segment.Text}</script>" },
                { "text/plain", segment.Text },
            },
        };
}
