using System.Text.Json;

namespace TResNet.Interactive.Published;

/// <summary>
/// The published figures of TResNet (Ridnik et al., <see href="https://arxiv.org/abs/2003.13630">arXiv 2003.13630</see>) and of networks beside it, each
/// table with where it was read. What was published nowhere is missing here too.
/// </summary>
/// <example><code>
/// var accuracy = Paper.Table("table1")["TResNet-M", "top-1 (%)"];
/// </code></example>
public static class Paper
{
    private static readonly Lazy<IReadOnlyList<PaperTable>> Read = new(PaperFile.Read);

    /// <summary>All tables: the paper's first, then those of others.</summary>
    public static IReadOnlyList<PaperTable> Tables => Read.Value;

    /// <summary>A table by its name.</summary>
    /// <param name="name">Such as <c>table1</c> or <c>figure4</c>, in any case.</param>
    /// <exception cref="TResNetException">There is none of that name; the message lists all.</exception>
    public static PaperTable Table(string name) =>
        Tables.FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TResNetException(
            $"There is no table '{name}': the tables are {string.Join(", ", Tables.Select(table => table.Name))}."
        );
}

/// <summary>The embedded file of published figures.</summary>
internal static class PaperFile
{
    public static IReadOnlyList<PaperTable> Read()
    {
        using var stream = typeof(PaperFile).Assembly.GetManifestResourceStream("paper_tables.json")!;
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        var networks = root.GetProperty("networks")
            .EnumerateObject()
            .ToDictionary(each => each.Name, each => each.Value.GetString()!);
        return [.. root.GetProperty("tables").EnumerateArray().Select(table => TableOf(table, networks))];
    }

    private static PaperTable TableOf(JsonElement table, Dictionary<string, string> networks)
    {
        string[] columns = [.. Texts(table, "columns")];
        return new PaperTable
        {
            Name = table.GetProperty("name").GetString()!,
            Title = table.GetProperty("title").GetString()!,
            Source = table.GetProperty("source").GetString()!,
            Hardware = table.TryGetProperty("hardware", out var hardware) ? hardware.GetString() : null,
            Notes = table.TryGetProperty("notes", out _) ? [.. Texts(table, "notes")] : [],
            Columns = columns,
            Rows = [.. table.GetProperty("rows").EnumerateArray().Select(row => RowOf(row, columns, networks))],
        };
    }

    private static PaperRow RowOf(JsonElement json, string[] columns, Dictionary<string, string> networks)
    {
        object?[] values = [.. json.EnumerateArray().Select(ValueOf)];
        var name = (string)values[0]!;
        var (network, size) = NetworkOf(networks.GetValueOrDefault(name, name));
        var row = new PaperRow(columns, values) { Network = network };
        var said = network is not null && columns.Contains(PaperTable.Input) ? row[PaperTable.Input] : null;
        return row with { InputSize = (int?)said ?? size };
    }

    /// <summary>A listed network and the side of its images, as in <c>tresnet_m@448</c>; nothing where it is not listed.</summary>
    private static (string? Network, int? InputSize) NetworkOf(string text)
    {
        var parts = text.Split('@');
        return Models.List().FirstOrDefault(info => info.Name == parts[0]) is not { } listed ? (null, null)
            : parts.Length > 1 ? (listed.Name, int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))
            : (listed.Name, listed.InputSize);
    }

    private static object? ValueOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };

    private static IEnumerable<string> Texts(JsonElement parent, string name) =>
        parent.GetProperty(name).EnumerateArray().Select(each => each.GetString()!);
}
