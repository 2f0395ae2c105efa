using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Notebook;
using TResNet.Files;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Validate;

/// <summary>A table for other programs: CSV as RFC 4180 has it, or JSON, by the ending of its name.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions JsonLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Refuses a file that could not be written, before the time of an evaluation is spent.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="example">What a file of this kind may be called, without its ending.</param>
    /// <param name="lines">Whether it may be JSON Lines too.</param>
    /// <exception cref="CommandException">It is none of these, or cannot be written.</exception>
    public static void Require(string option, string? path, string example, bool lines = false)
    {
        if (path is null)
        {
            return;
        }

        OutputFile.RequireWritable(option, path, example + ".csv");
        if (!IsJson(path) && !HasEnding(path, ".csv") && !(lines && IsJsonLines(path)))
        {
            throw new CommandException(
                $"{option} {path} says no format; end it in {(lines ? ".csv, .json or .jsonl" : ".csv or .json")}."
            );
        }
    }

    /// <summary>Whether the file is JSON Lines.</summary>
    public static bool IsJsonLines(string path) => HasEnding(path, ".jsonl");

    /// <summary>Writes a file of JSON Lines, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">What stands on each line; see <see cref="WriteJson"/>.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void WriteJsonLines(string path, IEnumerable<object> values) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                foreach (var value in values)
                {
                    JsonSerializer.Serialize(stream, value, JsonLine);
                    stream.WriteByte((byte)'\n');
                }
            }
        );

    /// <summary>Whether the file is JSON.</summary>
    public static bool IsJson(string path) => HasEnding(path, ".json");

    /// <summary>Writes a CSV file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The header and the rows; null and what is no number are empty fields.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void WriteCsv(string path, IEnumerable<IEnumerable<object?>> rows) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                foreach (var row in rows)
                {
                    writer.WriteLine(string.Join(',', row.Select(Field)));
                }
            }
        );

    /// <summary>Writes a JSON file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">Its content, of dictionaries, lists, numbers and words; what is no number is to be null by now.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void WriteJson(string path, object value) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Json));

    private static string Field(object? value)
    {
        var text = value switch
        {
            null => "",
            double number when !double.IsFinite(number) => "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return Quoted(text);
    }

    /// <summary>A text as a CSV field: in quotation marks where it needs them (RFC 4180, section 2).</summary>
    internal static string Quoted(string text) =>
        text.AsSpan().ContainsAny("\",\n\r") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;

    private static bool HasEnding(string path, string ending) =>
        path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
