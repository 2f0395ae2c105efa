using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>
/// What a notebook's JSON has in the place of what nbformat's schema allows, where the notebook can be read all the same:
/// https://github.com/jupyter/nbformat/blob/main/nbformat/v4/nbformat.v4.5.schema.json.
/// </summary>
internal static class IpynbNotes
{
    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Of(JsonObject root, string fileName)
    {
        if (root["metadata"] is { } metadata and not JsonObject)
        {
            yield return $"{fileName}: its metadata is {NotebookJson.Kind(metadata)} in place of an object and is left out.";
        }

        foreach (var (at, cell) in (root["cells"] as JsonArray ?? []).OfType<JsonObject>().Index())
        {
            foreach (var (member, reason) in OfCell(cell))
            {
                yield return $"{fileName}, cell {at + 1}: {member} {reason}.";
            }
        }
    }

    private static IEnumerable<(string Member, string Reason)> OfCell(JsonObject cell)
    {
        if (cell["metadata"] is { } metadata and not JsonObject)
        {
            yield return ("its metadata", $"is {NotebookJson.Kind(metadata)} in place of an object and is left out");
        }

        if (cell["id"] is { } id && NotebookJson.Text(id) is null)
        {
            yield return ("its id", $"is {NotebookJson.Kind(id)} in place of a text, and it gets another");
        }

        if (cell[IpynbFormat.Attachments] is { } attachments and not JsonObject)
        {
            yield return (
                "its attachments",
                $"are {NotebookJson.Kind(attachments)} in place of an object and are left out"
            );
        }

        if (cell["outputs"] is { } outputs and not JsonArray)
        {
            yield return ("its outputs", $"are {NotebookJson.Kind(outputs)} in place of a list and are left out");
        }

        var unknown = (cell["outputs"] as JsonArray)?.Count(output => !OutputJson.Knows(output)) ?? 0;
        if (unknown > 0)
        {
            yield return (
                $"{unknown} of its outputs",
                $"{(unknown == 1 ? "is" : "are")} of no kind that nbformat has, and nothing is shown of {(unknown == 1 ? "it" : "them")}"
            );
        }
    }
}
