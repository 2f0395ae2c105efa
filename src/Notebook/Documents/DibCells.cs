// A .dib has no place for cell ids and metadata. .NET Interactive keeps members of the #!meta block that it does not know, so they
// are kept there, as "cells".
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebook.Documents;

/// <summary>
/// What an <c>.ipynb</c> says of cells beside their text: ids, metadata, and which were raw. An entry names its cell by a fingerprint
/// of the text, so that cells may be added, removed and edited by hand; an edited cell is found between its neighbours.
/// </summary>
internal static partial class DibCells
{
    /// <summary>The member of the <c>#!meta</c> block.</summary>
    public const string Key = "cells";

    private const string Of = "of";
    private const string Id = "id";
    private const string Metadata = "metadata";
    private const string Type = "type";

    /// <summary>The entries; null when the text of the cells says all there is.</summary>
    public static JsonArray? Describe(IReadOnlyList<NotebookCell> cells)
    {
        var entries = cells.Select(Entry).ToList();
        return entries.Any(entry => entry.Count > 1) ? new JsonArray([.. entries]) : null;
    }

    /// <summary>Gives cells what the entries say of them; entries that fit no cell are ignored.</summary>
    public static void Restore(JsonNode? described, IReadOnlyList<NotebookCell> cells)
    {
        var entries = (described as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var places = Match([.. entries.Select(entry => Text(entry[Of]))], [.. cells.Select(Fingerprint)]);
        var ids = new HashSet<string>();
        foreach (var (entry, place) in entries.Zip(places).Where(each => each.Second is not null))
        {
            var cell = cells[place!.Value];
            if (Text(entry[Id]) is { } id && IdPattern().IsMatch(id) && ids.Add(id))
            {
                cell.Id = id;
            }

            if (entry[Metadata] is JsonObject metadata)
            {
                cell.Metadata = (JsonObject)metadata.DeepClone();
            }

            if (Text(entry[Type]) == CellLanguage.Raw && cell.IsMarkdown)
            {
                cell.Language = CellLanguage.Raw;
            }
        }
    }

    private static JsonObject Entry(NotebookCell cell, int at)
    {
        var entry = new JsonObject { [Of] = Fingerprint(cell) };
        if (cell.Id is not null && cell.Id != IpynbFormat.DerivedId(cell, at, attempt: 0))
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

    private static string Fingerprint(NotebookCell cell)
    {
        var language = cell.Language == CellLanguage.Raw ? CellLanguage.Markdown : cell.Language;
        var hash = SHA256.HashData(
            Encoding.UTF8.GetBytes($"{language}\n{cell.Source.ReplaceLineEndings("\n").Trim()}")
        );
        return Convert.ToHexStringLower(hash)[..8];
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    // nbformat 4.5: a cell's id.
    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex IdPattern();
}
