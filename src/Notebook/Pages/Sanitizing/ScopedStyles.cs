using AngleSharp.Css.Dom;

namespace Notebook.Pages.Sanitizing;

/// <summary>A style sheet that came in an output and is no plain one: those of its rules that are, as a parser has read them, for that output alone.</summary>
/// <remarks>What a parser's object model gives back as text need not be what it read, so each rule has to be plain itself.</remarks>
internal static class ScopedStyles
{
    /// <summary>The rules as text that cannot end its style element.</summary>
    /// <param name="sheet">The rules.</param>
    /// <param name="place">The class of the element that holds the output.</param>
    public static string Of(ICssStyleSheet sheet, string place) =>
        string.Concat(sheet.Rules.Select(rule => PlainStyles.Scoped(Text(rule), Scope(place))));

    /// <summary>What stands before each selector. It weighs nothing, so that rules keep their order of precedence.</summary>
    public static string Scope(string place) => $":where(.{place}) ";

    private static string Text(ICssRule rule) =>
        rule switch
        {
            ICssStyleRule style => $"{style.SelectorText}{{{style.Style.CssText}}}",
            ICssMediaRule media => $"@media {media.Media.MediaText}{{{Plain(media.Rules)}}}",
            _ => "",
        };

    private static string Plain(ICssRuleList rules) =>
        string.Concat(rules.Select(Text).Where(rule => PlainStyles.Scoped(rule, "") is not null));
}
