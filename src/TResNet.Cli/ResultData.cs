// Results for programs: RFC 8259 (JSON) and RFC 4180 (CSV). A field is named by its column, and numbers have all their digits.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Interactive.Validate;

namespace TResNet.Cli;

/// <summary>What a command showed, as data: its tables, and the sentences beside them.</summary>
internal static partial class ResultData
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One object: <c>tables</c>, each with a <c>title</c>, where it has one, and <c>rows</c>; and <c>notes</c>, the sentences.</summary>
    public static string ToJson(IEnumerable<object> shown)
    {
        var parts = shown.SelectMany(Parts).ToList();
        var tables = new JsonArray();
        foreach (var (title, table) in Tables(parts))
        {
            var fields = Fields(table);
            var rows = table.Rows.Select(row =>
                (JsonNode)
                    new JsonObject(
                        row.Select((cell, i) => KeyValuePair.Create(fields[i], Value(cell, table.Columns[i])))
                    )
            );
            tables.Add(
                title is null
                    ? new JsonObject { ["rows"] = new JsonArray([.. rows]) }
                    : new JsonObject { ["title"] = title, ["rows"] = new JsonArray([.. rows]) }
            );
        }

        var notes = parts.OfType<string>().Select(note => (JsonNode)note);
        return new JsonObject { ["tables"] = tables, ["notes"] = new JsonArray([.. notes]) }.ToJsonString(Written);
    }

    /// <summary>The tables one after the other, an empty line between; sentences are left out.</summary>
    public static string ToCsv(IEnumerable<object> shown)
    {
        var tables = Tables(shown.SelectMany(Parts)).Select(each => each.Table);
        return string.Join(
            "\n",
            tables.Select(table =>
                string.Concat(
                    table
                        .Rows.Select(row => row.Select((cell, i) => Text(Value(cell, table.Columns[i]))))
                        .Prepend(Fields(table))
                        .Select(line => string.Join(',', line.Select(ReportFile.Quoted)) + "\n")
                )
            )
        );
    }

    private static IEnumerable<object> Parts(object value) =>
        value switch
        {
            ProgressLine or TrainingCard { Line: not null } => [],
            TrainingCard card => Parts(card.ToView()),
            View view => Headline(view).Concat(view.AllParts.SelectMany(Parts)),
            LayerTree tree => [tree.ToTable()],
            Table table => [table],
            string text => [text],
            _ => [],
        };

    private static IEnumerable<(string? Title, Table Table)> Tables(IEnumerable<object> parts) =>
        parts.OfType<Table>().Select(table => (table.Title, table));

    /// <summary>The columns' names as fields: <c>validation_loss</c>, <c>top1</c>, <c>images_per_second</c>; one without a name is <c>remark</c>.</summary>
    private static string[] Fields(Table table)
    {
        var fields = new List<string>();
        foreach (var column in table.Columns)
        {
            var name = column.Header.Trim().ToLowerInvariant().Replace("/s", "_per_second").Replace("top-", "top");
            name = NoLetters().Replace(name.Replace("%", "percent"), "_").Trim('_');
            name = name.Length == 0 ? "remark" : name;
            var number = fields.Count(field => field == name || field.StartsWith(name + "_", StringComparison.Ordinal));
            fields.Add(fields.Contains(name) ? $"{name}_{number + 1}" : name);
        }

        return [.. fields];
    }

    private static IEnumerable<object> Headline(View view)
    {
        string[] said = [.. new[] { view.Title, view.Subtitle }.OfType<string>()];
        return said.Length > 0 ? [string.Join(" · ", said)] : [];
    }

    private static JsonNode? Value(Cell cell, Column column)
    {
        var text = cell.Text.Trim();
        if (text is "" or "–")
        {
            return null;
        }

        return (column.Numeric ? Number(cell.Number, text) : null) is not { } number ? text
            : double.IsFinite(number) ? number
            : null;
    }

    // What a table writes as 1,234 or 78.9% may have no other digits; a share is from 0 to 1, whatever its cell sorts by.
    private static double? Number(double? exact, string text)
    {
        var isShare = text.EndsWith('%');
        double? written = double.TryParse(
            isShare ? text[..^1] : text,
            NumberStyles.Float | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;
        var number = exact ?? written;
        var isPercent = isShare && Math.Abs((number - written) ?? 1) <= Math.Abs((100 * number - written) ?? 0);
        return isPercent ? Math.Round(number!.Value / 100, 12) : number;
    }

    private static string Text(JsonNode? value) =>
        value is null ? ""
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : value.ToJsonString();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetters();
}
