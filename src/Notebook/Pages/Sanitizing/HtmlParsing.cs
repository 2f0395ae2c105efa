using AngleSharp;
using AngleSharp.Css.Parser;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Notebook.Pages.Sanitizing;

/// <summary>Parses HTML that somebody else wrote.</summary>
internal static class HtmlParsing
{
    /// <summary>Browsers nest elements no deeper; the parser's time grows with the square of it.</summary>
    public const int Deepest = 512;

    private static readonly IConfiguration Styles = Configuration.Default.WithCss(
        new CssParserOptions { IsIncludingUnknownDeclarations = true }
    );

    /// <summary>The document of a body; null where its elements lie too deep in each other.</summary>
    public static IHtmlDocument? Parse(string html)
    {
        var depths = new Dictionary<INode, int>();
        INode? last = null;
        var parser = new HtmlParser(
            new HtmlParserOptions
            {
                MaximumDepth = int.MaxValue, // what is deeper ends it below
                OnCreated = (element, _) =>
                {
                    if (last is not null)
                    {
                        depths[last] = last.Parent is { } parent ? depths.GetValueOrDefault(parent) + 1 : 0;
                        if (depths[last] > Deepest)
                        {
                            throw new TooDeepException();
                        }
                    }

                    last = element;
                },
            },
            BrowsingContext.New(Styles)
        );
        try
        {
            return parser.ParseDocument("<!DOCTYPE html><body>" + html);
        }
        catch (TooDeepException)
        {
            return null;
        }
    }

    private sealed class TooDeepException : Exception;
}
