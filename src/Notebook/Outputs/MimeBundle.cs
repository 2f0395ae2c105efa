// A value as several MIME types at once, from which each front end takes the richest it can show (nbformat 4.5 "mimebundle").
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Outputs;

/// <summary>
/// One value in several forms, in the order they were added. Every form is kept as text; under a JSON type
/// (<see cref="IsJson"/>) the text is the JSON, and binary types are base64.
/// </summary>
public sealed class MimeBundle : IReadOnlyCollection<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> forms = [];

    /// <inheritdoc/>
    public int Count => forms.Count;

    /// <summary>The MIME types, in the order they were added.</summary>
    public IEnumerable<string> Types => forms.Select(form => form.Key);

    /// <summary>The form of a MIME type.</summary>
    /// <exception cref="KeyNotFoundException">The bundle has no such form.</exception>
    public string this[string mimeType] =>
        TryGet(mimeType, out var text) ? text : throw new KeyNotFoundException($"The value has no {mimeType} form.");

    /// <summary>Adds a form, or replaces the one of the same type.</summary>
    /// <param name="mimeType">For example <c>text/html</c>.</param>
    /// <param name="text">The text, JSON or base64.</param>
    public void Add(string mimeType, string text)
    {
        var form = KeyValuePair.Create(mimeType, text);
        var at = forms.FindIndex(existing => existing.Key == mimeType);
        if (at < 0)
        {
            forms.Add(form);
        }
        else
        {
            forms[at] = form;
        }
    }

    /// <summary>Finds the form of a MIME type.</summary>
    public bool TryGet(string mimeType, [NotNullWhen(true)] out string? text)
    {
        text = forms.Find(form => form.Key == mimeType).Value;
        return text is not null;
    }

    /// <summary>Whether text of a MIME type is JSON, embedded as such in messages and documents.</summary>
    public static bool IsJson(string mimeType) =>
        mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>A bundle of one plain text.</summary>
    public static MimeBundle Plain(string text) => new() { { "text/plain", text } };

    /// <summary>The bundle as the protocol's and nbformat's <c>data</c> object.</summary>
    public JsonObject ToJson()
    {
        var data = new JsonObject();
        foreach (var (type, text) in forms)
        {
            data[type] = IsJson(type) ? ParseOrText(text) : text;
        }

        return data;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => forms.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static JsonNode? ParseOrText(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
