// A .dib has no place for cell ids, metadata and attachments. .NET Interactive keeps members of the #!meta block that it does not know, so they
// are kept there, as "cells".
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebook.Documents;

/// <summary>
/// What an <c>.ipynb</c> says of cells beside their text: ids, metadata, attachments, and which were raw. An entry names its cell by a fingerprint
/// of the text, so that cells may be added, removed and edited by hand; an edited cell is found between its neighbours.
/// </summary>
internal static partial class DibCellMetadata
{
    /// <summary>The member of the <c>#!meta</c> block.</summary>
    public const string Key = "cells";

    private const string Of = "of";
    private const string Id = "id";
    private const string Metadata = "metadata";
    private const string Attachments = "attachments";
    private const string InBlocks = "blocks";
    private const string Type = "type";

    /// <summary>The entries; null when the text of the cells says all there is.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="blocks">How many cells a reader that goes by lines makes of one.</param>
    public static JsonArray? Describe(IReadOnlyList<NotebookCell> cells, Func<NotebookCell, int> blocks)
    {
        var entries = cells.Select((cell, at) => Entry(cell, at, blocks(cell))).ToList();
        return entries.Any(entry => entry.Count > 1) ? new JsonArray([.. entries]) : null;
    }

    /// <summary>Gives cells what the entries say of them; entries that fit no cell are ignored.</summary>
    public static void Restore(JsonNode? described, IReadOnlyList<NotebookCell> cells)
    {
        var entries = (described as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        if (entries.Count == 0)
        {
            return;
        }

        var places = Match([.. entries.Select(entry => NotebookJson.Text(entry[Of]))], [.. cells.Select(Fingerprint)]);
        var ids = new HashSet<string>();
        foreach (var (entry, place) in entries.Zip(places).Where(each => each.Second is not null))
        {
            var cell = cells[place!.Value];
            if (NotebookJson.Text(entry[Id]) is { } id && IdPattern().IsMatch(id) && ids.Add(id))
            {
                cell.Id = id;
            }

            if (entry[Metadata] is JsonObject metadata)
            {
                cell.Metadata = (JsonObject)metadata.DeepClone();
            }

            if (entry[Attachments] is JsonObject attachments)
            {
                cell.Attachments = (JsonObject)attachments.DeepClone();
            }

            if (NotebookJson.Text(entry[Type]) == CellLanguage.Raw && cell.IsMarkdown)
            {
                cell.Language = CellLanguage.Raw;
            }
        }
    }

    /// <summary>How many blocks of the file each cell lies in, which lines of its text separate, and the fingerprint of the whole.</summary>
    public static IEnumerable<(int Count, string? Of)> Blocks(JsonNode? described) =>
        from entry in (described as JsonArray)?.OfType<JsonObject>() ?? []
        let count = entry[InBlocks] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 1
        select (Math.Max(count, 1), NotebookJson.Text(entry[Of]));

    private static JsonObject Entry(NotebookCell cell, int at, int blocks)
    {
        var entry = new JsonObject { [Of] = Fingerprint(cell) };
        if (blocks > 1)
        {
            entry[InBlocks] = blocks;
        }

        if (cell.Id is not null && cell.Id != IpynbWriter.DerivedId(cell, at, attempt: 0))
        {
            entry[Id] = cell.Id;
        }

        // The separator says the language, and when a cell ran goes with its outputs.
        var metadata = (JsonObject)cell.Metadata.DeepClone();
        metadata.Remove("polyglot_notebook");
        metadata.Remove("dotnet_interactive");
        metadata.Remove("execution");
        CellRole.RemoveTag(cell, metadata);
        if (metadata.Count > 0)
        {
            entry[Metadata] = metadata;
        }

        if (cell.Attachments.Count > 0)
        {
            entry[Attachments] = cell.Attachments.DeepClone();
        }

        if (cell.Language == CellLanguage.Raw)
        {
            entry[Type] = CellLanguage.Raw;
        }

        return entry;
    }

    /// <summary>For each entry the place of its cell: the next with the same text, or, between two that are found, the one left over.</summary>
    private static int?[] Match(string?[] entries, string[] cells)
    {
        var places = new int?[entries.Length];
        var next = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var found = Array.IndexOf(cells, entries[i], next);
            if (found >= 0)
            {
                places[i] = found;
                next = found + 1;
            }
        }

        for (var i = 0; i < entries.Length; )
        {
            if (places[i] is not null)
            {
                i++;
                continue;
            }

            var end = Enumerable
                .Range(i, entries.Length - i)
                .FirstOrDefault(at => places[at] is not null, entries.Length);
            var first = i == 0 ? 0 : places[i - 1]!.Value + 1;
            var last = end < entries.Length ? places[end]!.Value : cells.Length;
            for (var at = i; at < end && last - first == end - i; at++)
            {
                places[at] = first + at - i;
            }

            i = end;
            while (i < entries.Length && places[i] is not null)
            {
                i++;
            }
        }

        return places;
    }

    /// <summary>What a cell is found by: its language and text, whatever its lines end in.</summary>
    public static string Fingerprint(string language, string source)
    {
        var text = source.AsSpan().Trim();
        return TextHash.Of(
            $"{language}\n",
            text.ContainsAny("\r\f\u0085\u2028\u2029") ? source.ReplaceLineEndings("\n").AsSpan().Trim() : text
        );
    }

    private static string Fingerprint(NotebookCell cell) =>
        Fingerprint(cell.Language == CellLanguage.Raw ? CellLanguage.Markdown : cell.Language, cell.Source);

    // nbformat 4.5: a cell's id.
    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex IdPattern();
}
