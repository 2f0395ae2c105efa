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

    /// <summary>Refuses a file that could not be written, before the time of an evaluation is spent.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="example">What a file of this kind may be called, without its ending.</param>
    /// <exception cref="CommandException">It is neither CSV nor JSON, or cannot be written.</exception>
    public static void Require(string option, string? path, string example)
    {
        if (path is null)
        {
            return;
        }

        OutputFile.RequireWritable(option, path, example + ".csv");
        if (!IsJson(path) && !HasEnding(path, ".csv"))
        {
            throw new CommandException($"{option} {path} says no format; end it in .csv or .json.");
        }
    }

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
        return text.AsSpan().ContainsAny("\",\n\r") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }

    private static bool HasEnding(string path, string ending) =>
        path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
