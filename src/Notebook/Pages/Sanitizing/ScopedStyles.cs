using System.Text;
using AngleSharp.Css.Dom;

namespace Notebook.Pages.Sanitizing;

/// <summary>A style sheet that came in an output, for that kind of place alone.</summary>
internal static class ScopedStyles
{
    // It weighs nothing, so that rules keep their order of precedence.
    private const string Scope = ":where(.output.html, .prose) ";

    /// <summary>The rules as text that cannot end its style element.</summary>
    public static string Of(ICssStyleSheet sheet)
    {
        var text = new StringBuilder();
        Append(text, sheet.Rules);
        return text.ToString().Replace("<", "\\3c ", StringComparison.Ordinal);
    }

    private static void Append(StringBuilder text, ICssRuleList rules)
    {
        foreach (var rule in rules)
        {
            if (rule is ICssStyleRule { Selector: { } selector } style)
            {
                var selectors = selector is IEnumerable<ISelector> list ? list : [selector];
                text.Append(string.Join(',', selectors.Select(each => Scope + each.Text)))
                    .Append('{')
                    .Append(style.Style.CssText)
                    .Append("}\n");
            }
            else if (rule is ICssMediaRule media)
            {
                text.Append("@media ").Append(media.Media.MediaText).Append('{');
                Append(text, media.Rules);
                text.Append("}\n");
            }
        }
    }
}
