using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Pages.Sanitizing;

/// <summary>Figures as data in a page.</summary>
internal static class FigureJson
{
    /// <summary>The JSON without what it can do without, and without a character that ends an element; null when it is none.</summary>
    public static string? Compact(string json)
    {
        try
        {
            return JsonNode.Parse(json)?.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
