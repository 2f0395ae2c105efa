using System.Text.Json;
using Notebook.Documents;

namespace Notebook.Pages.Sanitizing;

/// <summary>Figures as data in a page.</summary>
internal static class FigureJson
{
    /// <summary>The JSON without what it can do without, and without a character that ends an element; null when it is none.</summary>
    public static string? Compact(string json)
    {
        try
        {
            return NotebookJson.Parse(json)?.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
