using System.Text;

namespace Notebook.Pages.Sanitizing;

/// <summary>
/// Style sheets of rules and media queries alone, as they are written: what a parser's object model does not know, such as custom properties and
/// grids, stays in them. Whatever could mean something else to a browser than it does here makes a sheet no plain one.
/// </summary>
internal static class PlainStyles
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
                return prelude.Trim().Length == 0 && mark == (isInMedia ? '}' : '\0');
            }

            at++;
            if (prelude.TrimStart().StartsWith("@media", StringComparison.OrdinalIgnoreCase) && !isInMedia)
            {
                text.Append(prelude.Trim()).Append('{');
                if (!Rules(sheet, ref at, scope, text, isInMedia: true))
                {
                    return false;
                }

                at++;
            }
            else if (
                prelude.Contains('@')
                || Until(sheet, ref at, "{}") is not { } body
                || at == sheet.Length
                || sheet[at++] != '}'
            )
            {
                return false;
            }
            else
            {
                text.Append(string.Join(',', Selectors(prelude).Select(each => scope + each.Trim())));
                text.Append('{').Append(body);
            }

            text.Append("}\n");
        }
    }

    /// <summary>The text up to one of some marks that is in no string and no comment; null where it has what is not plain.</summary>
    private static string? Until(string sheet, ref int at, string marks)
    {
        var text = new StringBuilder();
        for (; at < sheet.Length && !marks.Contains(sheet[at]); at++)
        {
            var c = sheet[at];
            if (c is '\\' or '<' or '&' or '\0')
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
                at = end;
            }
            else
            {
                text.Append(c);
            }
        }

        var found = text.ToString();
        return found.Contains("url", StringComparison.OrdinalIgnoreCase) ? null : found;
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
}
