using System.Globalization;
using System.Net;
using Microsoft.DotNet.Interactive.Formatting;

namespace Notebook.Session.Formatting;

/// <summary>
/// The trees that Microsoft.DotNet.Interactive.Formatting makes of objects that nobody wrote a formatter for. They show properties of properties, six
/// levels deep, which for some objects is megabytes: those are shown less deep, with a note.
/// </summary>
internal static class ObjectTrees
{
    // The library's own limits; whoever sets others wants as much as they say. Read here, they might be those of a first cell.
    private static readonly (int Depth, int Items) Usual = (6, 20);

    /// <summary>The most characters of a tree, by its form.</summary>
    private static int Largest(string mimeType) => mimeType == HtmlFormatter.MimeType ? 256 << 10 : 64 << 10;

    /// <summary>A value's tree, as deep as its size allows.</summary>
    public static string Of(object? value, string mimeType)
    {
        var whole = Formatter.RecursionLimit;
        var text = value.ToDisplayString(mimeType);
        if (text.Length <= Largest(mimeType) || (whole, Formatter.ListExpansionLimit) != Usual)
        {
            return text;
        }

        try
        {
            for (var depth = whole - 1; depth > 0; depth--)
            {
                Formatter.RecursionLimit = depth;
                var part = value.ToDisplayString(mimeType);
                if (part.Length <= Largest(mimeType))
                {
                    return WithNote(part, text.Length, $"{depth} of {whole} levels of it are shown", mimeType);
                }
            }

            return WithNote(Beginning(value), text.Length, "its beginning is shown", mimeType, isText: true);
        }
        finally
        {
            Formatter.RecursionLimit = whole;
        }
    }

    // Nothing of HTML can be left out at a place that is not known.
    private static string Beginning(object? value) =>
        value.ToDisplayString(PlainTextFormatter.MimeType) is var text
        && text.Length <= Largest(PlainTextFormatter.MimeType)
            ? text
            : text[..Largest(PlainTextFormatter.MimeType)] + "…";

    private static string WithNote(string part, int size, string shown, string mimeType, bool isText = false)
    {
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"This object is {size / 1024:N0} KB as {(mimeType == HtmlFormatter.MimeType ? "HTML" : "text")}: {shown}. Show a part of it, or register a formatter for its type."
        );
        if (mimeType != HtmlFormatter.MimeType)
        {
            return $"{part}\n({note})";
        }

        var body = isText ? $"<pre>{WebUtility.HtmlEncode(part)}</pre>" : part;
        return $"{body}<p><em>{note}</em></p>";
    }
}
