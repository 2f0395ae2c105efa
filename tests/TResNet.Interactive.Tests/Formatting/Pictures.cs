using System.Text;
using System.Text.RegularExpressions;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>Reads the pictures that HTML holds as images.</summary>
internal static partial class Pictures
{
    /// <summary>The HTML with each picture in place of its image, as a page has it where scripts run.</summary>
    public static string Inlined(string html) =>
        Image().Replace(html, match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value)));

    /// <summary>How many pictures there are.</summary>
    public static int Count(string html) => Image().Count(html);

    [GeneratedRegex("<img class=\"tresnet-picture\" [^>]*src=\"data:image/svg\\+xml;base64,([^\"]+)\">")]
    private static partial Regex Image();
}
