using System.Text;
using System.Text.RegularExpressions;

namespace Notebook.Pages.Sanitizing;

/// <summary>
/// Style sheets of rules and media queries alone, as they are written: what a parser's object model does not know, such as custom properties and
/// grids, stays in them. Whatever could mean something else to a browser than it does here makes a sheet no plain one.
/// </summary>
internal static partial class PlainStyles
{
    /// <summary>The rules, each for what is in a place alone; null where the sheet is no plain one.</summary>
    /// <param name="sheet">The rules.</param>
    /// <param name="scope">What stands before each selector.</param>
    public static string? Scoped(string sheet, string scope)
    {
        var text = new StringBuilder();
        var at = 0;
        return Rules(sheet, ref at, scope, text, isInMedia: false) && at == sheet.Length ? text.ToString() : null;
    }

    private static bool Rules(string sheet, ref int at, string scope, StringBuilder text, bool isInMedia)
    {
        while (true)
        {
            if (Until(sheet, ref at, "{}") is not { } prelude)
            {
                return false;
            }

            var mark = at < sheet.Length ? sheet[at] : '\0';
            if (mark != '{')
            {
                // The end of the query, or of the sheet.
                return prelude.Text.Trim().Length == 0 && mark == (isInMedia ? '}' : '\0');
            }

            at++;
            if (!isInMedia && Media().IsMatch(prelude.Bare))
            {
                text.Append(prelude.Text.Trim()).Append('{');
                if (!Rules(sheet, ref at, scope, text, isInMedia: true))
                {
                    return false;
                }

                at++;
            }
            else if (
                !IsSelectors(prelude.Bare)
                || Until(sheet, ref at, "{}") is not { } body
                || body.Bare.Contains('@')
                || at == sheet.Length
                || sheet[at++] != '}'
            )
            {
                return false;
            }
            else
            {
                text.Append(string.Join(',', Selectors(prelude.Text).Select(each => scope + each.Trim())));
                text.Append('{').Append(body.Text);
            }

            text.Append("}\n");
        }
    }

    // A semicolon ends a statement, after which the rest is read as something else.
    private static bool IsSelectors(string prelude) =>
        !string.IsNullOrWhiteSpace(prelude) && !prelude.AsSpan().ContainsAny('@', ';');

    /// <summary>The text up to one of some marks that is in no string and no comment; null where it has what is not plain.</summary>
    private static Part? Until(string sheet, ref int at, string marks)
    {
        var (text, bare, open) = (new StringBuilder(), new StringBuilder(), new Stack<char>());
        for (; at < sheet.Length && !marks.Contains(sheet[at]); at++)
        {
            var c = sheet[at];
            if (c is '\\' or '<' or '&' or '\0' || !Nests(c, open))
            {
                return null;
            }

            if (sheet.AsSpan(at).StartsWith("/*"))
            {
                var end = sheet.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    return null;
                }

                text.Append(' ');
                bare.Append(' ');
                at = end + 1;
            }
            else if (c is '"' or '\'')
            {
                var end = StringEnd(sheet, at);
                if (end < 0)
                {
                    return null;
                }

                text.Append(sheet, at, end - at + 1);
                bare.Append("''");
                at = end;
            }
            else
            {
                text.Append(c);
                bare.Append(c);
            }
        }

        // What is open takes marks into itself.
        return open.Count > 0 || Addresses.AreIn(bare.ToString()) ? null : new Part($"{text}", $"{bare}");
    }

    private static bool Nests(char c, Stack<char> open)
    {
        if (c is '(' or '[')
        {
            open.Push(c == '(' ? ')' : ']');
            return true;
        }

        return c is not (')' or ']') || (open.TryPop(out var closing) && closing == c);
    }

    /// <summary>Where a string ends; -1 where its line does first, or it could end its style element.</summary>
    private static int StringEnd(string sheet, int at)
    {
        for (var i = at + 1; i < sheet.Length; i++)
        {
            if (sheet[i] == sheet[at])
            {
                return i;
            }

            if (sheet[i] is '\n' or '\r' or '\f' or '<')
            {
                return -1;
            }

            i += sheet[i] == '\\' ? 1 : 0;
        }

        return -1;
    }

    /// <summary>A list of selectors in its parts; commas in brackets and strings part nothing.</summary>
    private static IEnumerable<string> Selectors(string list)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            if (list[i] is '"' or '\'')
            {
                i = StringEnd(list, i);
            }
            else if (list[i] is '(' or '[')
            {
                depth++;
            }
            else if (list[i] is ')' or ']')
            {
                depth--;
            }
            else if (list[i] == ',' && depth <= 0)
            {
                yield return list[start..i];
                start = i + 1;
            }
        }

        yield return list[start..];
    }

    /// <param name="Text">A part of a sheet without its comments.</param>
    /// <param name="Bare">It with empty strings.</param>
    private sealed record Part(string Text, string Bare);

    [GeneratedRegex(@"^\s*@media[\s(][^@;]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Media();
}
