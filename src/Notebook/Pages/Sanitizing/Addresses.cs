using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Notebook.Pages.Sanitizing;

/// <summary>Which addresses a sanitised page has: links that a person follows, and what lies in the page itself.</summary>
internal static partial class Addresses
{
    /// <summary>The address as browsers read it; null where it may not stand in such an element.</summary>
    public static string? Safe(IElement element, string address)
    {
        var read = Read(address);
        return element.LocalName switch
        {
            "a" or "area" => Leads(read) ? read : null,
            "img" => Picture().IsMatch(read) ? read : null,
            "audio" or "video" or "source" => Media().IsMatch(read) ? read : null,
            _ => null,
        };
    }

    /// <summary>Whether it is one that runs something.</summary>
    public static bool Runs(string address) => Running().IsMatch(Read(address));

    /// <summary>Values of styles that may not stand on a page: those that have an address, and those that could end their element.</summary>
    public static Regex NoValue => Values();

    /// <summary>Whether styles name an address that a browser would ask for, in whatever function.</summary>
    public static bool AreIn(string styles) => Loading().IsMatch(styles);

    /// <summary>By the WHATWG's URL standard: without spaces and control characters around it, or tabs and newlines within it.</summary>
    private static string Read(string address) =>
        Breaks().Replace(address, "").Trim([.. Enumerable.Range(0, 33).Select(c => (char)c)]);

    // An address of another machine that has no scheme would be asked for by the one that the page was opened with.
    private static bool Leads(string address) =>
        address is not ['/' or '\\', '/' or '\\', ..] && (!Scheme().IsMatch(address) || Followed().IsMatch(address));

    // Functions of images take an address as a string too.
    private const string Functions = @"(url|src|image|image-set)\s*\(";

    [GeneratedRegex(Functions, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Loading();

    [GeneratedRegex($"[<>]|{Functions}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Values();

    [GeneratedRegex(@"[\t\n\r]")]
    private static partial Regex Breaks();

    [GeneratedRegex("^[^/?#]*:")]
    private static partial Regex Scheme();

    [GeneratedRegex("^(https?://|mailto:)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Followed();

    [GeneratedRegex("^data:image/[a-z0-9.+-]+[;,]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Picture();

    [GeneratedRegex("^data:(audio|video)/[a-z0-9.+-]+[;,]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Media();

    [GeneratedRegex("^(javascript|vbscript|data):", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Running();
}
