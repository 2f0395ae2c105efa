// CSV as RFC 4180 has it: commas, lines, and fields in quotes that may hold both and double a quote. A line may end with LF alone, and tabs or
// semicolons may stand in the place of commas, as spreadsheets write them where a comma is part of a number.

using System.Text;

namespace TResNet.Data.Sources;

/// <summary>A line of a CSV file.</summary>
/// <param name="Number">The line's number in the file, from 1.</param>
/// <param name="Fields">Its fields, without their quotes.</param>
internal sealed record CsvLine(int Number, IReadOnlyList<string> Fields);

/// <summary>Reads CSV files.</summary>
internal static class CsvFile
{
    // As many lines say how they are separated.
    private const int LookedAt = 100;

    private static readonly char[] Separators = [',', '\t', ';'];

    /// <summary>The lines of a file, without the empty ones.</summary>
    /// <exception cref="TResNetException">The file cannot be read, or a quote is out of place.</exception>
    public static IReadOnlyList<CsvLine> Read(string path) => Read(path, out _);

    /// <summary>The lines of a file, without the empty ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">What its fields are separated by.</param>
    /// <exception cref="TResNetException">The file cannot be read, or a quote is out of place.</exception>
    public static IReadOnlyList<CsvLine> Read(string path, out char separator)
    {
        var text = TextFile.Read(path, "a CSV file");
        // Spreadsheets say the separator in a line of its own.
        var isSaid =
            text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 5 && text[5] is '\r' or '\n';
        separator = isSaid ? text[4] : SeparatorOf(text, path);
        text = isSaid ? text[5..] : text;
        return [.. Parse(text, path, separator)];
    }

    /// <summary>The separator that gives the most lines as many fields as the first; the comma where none gives two.</summary>
    private static char SeparatorOf(string text, string name)
    {
        var (best, most) = (Separators[0], 0);
        // Whitespace is the last resort: names may have spaces.
        foreach (
            var separator in text.Contains('\t') || !name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
                ? Separators
                : [.. Separators, ' ']
        )
        {
            try
            {
                CsvLine[] lines = [.. Parse(text, name, separator).Take(LookedAt)];
                var fields = lines.Length == 0 ? 0 : lines[0].Fields.Count;
                var alike = fields < 2 ? 0 : lines.Count(line => line.Fields.Count == fields);
                if (alike > most)
                {
                    (best, most) = (separator, alike);
                }
            }
            catch (TResNetException)
            {
                // A quote that is out of place to this separator; to the right one it says so when all is read.
            }
        }

        return best;
    }

    /// <summary>The lines of a text, without the empty ones.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="separator">What stands between fields.</param>
    /// <exception cref="TResNetException">A quote is out of place.</exception>
    public static IEnumerable<CsvLine> Parse(string text, string name, char separator = ',')
    {
        char[] stops = [separator, '\r', '\n'];
        var (at, number) = (0, 1);
        while (at < text.Length)
        {
            var (first, fields) = (number, new List<string>());
            var ends = false;
            while (!ends)
            {
                fields.Add(at < text.Length && text[at] == '"' ? Quoted() : Plain());
                ends = at == text.Length || text[at] != separator;
                at += ends ? 0 : 1;
            }

            EndOfLine();
            if (fields is not [""])
            {
                yield return new CsvLine(first, fields);
            }
        }

        string Plain()
        {
            var length = text.AsSpan(at).IndexOfAny(stops);
            var field = length < 0 ? text[at..] : text.Substring(at, length);
            at += field.Length;
            return field;
        }

        string Quoted()
        {
            var opened = number;
            var field = new StringBuilder();
            while (true)
            {
                var from = at + 1;
                at = text.IndexOf('"', from);
                if (at < 0)
                {
                    throw new TResNetException(
                        $"The quote that {name} opens in line {opened} is never closed; close it."
                    );
                }

                field.Append(text, from, at - from);
                number += text.AsSpan(from, at - from).Count('\n');
                at++;
                if (at == text.Length || text[at] != '"')
                {
                    break;
                }

                field.Append('"');
            }

            return at == text.Length || stops.Contains(text[at])
                ? field.ToString()
                : throw new TResNetException(
                    $"Line {number} of {name} goes on after a closing quote; double the quotes that belong to the text."
                );
        }

        void EndOfLine()
        {
            at += at < text.Length && text[at] == '\r' ? 1 : 0;
            at += at < text.Length && text[at] == '\n' ? 1 : 0;
            number++;
        }
    }
}
