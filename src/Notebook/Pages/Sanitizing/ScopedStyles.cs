using System.Text;
using AngleSharp.Css.Dom;

namespace Notebook.Pages.Sanitizing;

/// <summary>A style sheet that came in an output, for what is in that output alone.</summary>
internal static class ScopedStyles
{
    /// <summary>The rules as text that cannot end its style element.</summary>
    /// <param name="sheet">The rules.</param>
    /// <param name="place">The class of the element that holds the output.</param>
    public static string Of(ICssStyleSheet sheet, string place)
    {
        var text = new StringBuilder();
        Append(text, sheet.Rules, Scope(place));
        return text.ToString().Replace("<", "\\3c ", StringComparison.Ordinal);
    }

    /// <summary>What stands before each selector. It weighs nothing, so that rules keep their order of precedence.</summary>
    public static string Scope(string place) => $":where(.{place}) ";

    private static void Append(StringBuilder text, ICssRuleList rules, string scope)
    {
        foreach (var rule in rules)
        {
            if (rule is ICssStyleRule { Selector: { } selector } style)
            {
                var selectors = selector is IEnumerable<ISelector> list ? list : [selector];
                text.Append(string.Join(',', selectors.Select(each => scope + each.Text)))
                    .Append('{')
                    .Append(style.Style.CssText)
                    .Append("}\n");
            }
            else if (rule is ICssMediaRule media)
            {
                text.Append("@media ").Append(media.Media.MediaText).Append('{');
                Append(text, media.Rules, scope);
                text.Append("}\n");
            }
        }
    }
}
