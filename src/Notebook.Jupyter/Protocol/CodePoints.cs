// Messaging spec, "cursor_pos and unicode offsets": since 5.2 a position counts code points, where .NET counts UTF-16 units.
namespace Notebook.Jupyter.Protocol;

/// <summary>Turns positions of the protocol into positions of a string and back.</summary>
internal static class CodePoints
{
    /// <summary>The UTF-16 position of a code point; a position outside the text becomes its nearest end.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        var at = 0;
        for (var left = codePoints; left > 0 && at < text.Length; left--)
        {
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        return at;
    }

    /// <summary>How many code points lie before a UTF-16 position.</summary>
    public static int FromUtf16(string text, int position)
    {
        var count = 0;
        for (
            var at = 0;
            at < position;
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1
        )
        {
            count++;
        }

        return count;
    }
}
