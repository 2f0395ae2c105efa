// CSV as RFC 4180 has it: commas, lines, and fields in quotes that may hold both and double a quote. A line may end with LF alone.

using System.Text;

namespace TResNet.Data.Sources;

/// <summary>A line of a CSV file.</summary>
/// <param name="Number">The line's number in the file, from 1.</param>
/// <param name="Fields">Its fields, without their quotes.</param>
internal sealed record CsvLine(int Number, IReadOnlyList<string> Fields);

/// <summary>Reads CSV files.</summary>
internal static class CsvFile
{
    /// <summary>The lines of a file, without the empty ones.</summary>
    /// <exception cref="TResNetException">The file cannot be read, or a quote is out of place.</exception>
    public static IReadOnlyList<CsvLine> Read(string path)
    {
        try
        {
            return [.. Parse(File.ReadAllText(path), path)];
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException(
                $"{path} does not exist, but a CSV file was expected there; check the name.",
                missing
            );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw new TResNetException(
                $"{path} cannot be read ({unreadable.Message.TrimEnd('.')}); check the disk and its permissions.",
                unreadable
            );
        }
    }

    /// <summary>The lines of a text, without the empty ones.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="TResNetException">A quote is out of place.</exception>
    public static IEnumerable<CsvLine> Parse(string text, string name)
    {
        var (at, number) = (0, 1);
        while (at < text.Length)
        {
            var (first, fields) = (number, new List<string>());
            var ends = false;
            while (!ends)
            {
                fields.Add(at < text.Length && text[at] == '"' ? Quoted() : Plain());
                ends = at == text.Length || text[at] != ',';
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
            var length = text.AsSpan(at).IndexOfAny(",\r\n");
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

            return at == text.Length || text[at] is ',' or '\r' or '\n'
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
