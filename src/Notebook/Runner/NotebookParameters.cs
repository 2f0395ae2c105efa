// papermill, "Execute": parameters are given by name, and a text is the number, truth value or list that it looks like.
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Documents;

namespace Notebook.Runner;

/// <summary>What a run sets in place of the defaults in the notebook's cell tagged <c>parameters</c>.</summary>
public sealed partial class NotebookParameters
{
    private readonly List<NotebookParameter> parameters = [];

    /// <summary>How many there are.</summary>
    public int Count => parameters.Count;

    internal IReadOnlyList<NotebookParameter> All => parameters;

    /// <summary>
    /// Adds a parameter as it is written in a shell; one of the same name is replaced. <c>3</c> is a number, <c>true</c> and
    /// <c>null</c> are what they say, what begins with <c>[</c>, <c>{</c> or <c>"</c> is JSON, and the rest is text.
    /// </summary>
    /// <param name="assignment"><c>name=value</c>.</param>
    /// <exception cref="CommandException">There is no name before an equals sign, or the value begins like JSON and is not.</exception>
    public void Add(string assignment)
    {
        var at = assignment.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new CommandException(
                $"The parameter '{assignment}' has no value: write name=value, such as epochs=3."
            );
        }

        var (name, text) = (assignment[..at].Trim(), assignment[(at + 1)..]);
        Add(name, ValueOf(name, text), text);
    }

    /// <summary>Adds every member of a JSON object in a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CommandException">There is no such file, or it holds something else.</exception>
    public void AddFile(string path)
    {
        var text = DocumentFormats.ReadText(path, "parameters file");
        try
        {
            var members = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("It is not an object");
            foreach (var (name, value) in members)
            {
                Add(name, value, value is JsonValue single ? Scalar(single) : value?.ToJsonString() ?? "null");
            }
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            var reason = NotebookJson.Reason(exception);
            throw new CommandException(
                $"{path} should hold the parameters as a JSON object, such as {{\"epochs\": 3}}: {reason}.",
                exception
            );
        }
    }

    private void Add(string name, JsonNode? value, string text)
    {
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
        {
            throw new CommandException($"'{name}' cannot name a parameter: it becomes a C# variable, such as epochs.");
        }

        parameters.RemoveAll(each => each.Name == name);
        parameters.Add(new NotebookParameter(name, value, text));
    }

    private static JsonNode? ValueOf(string name, string text)
    {
        switch (text)
        {
            case "true" or "True":
                return true;
            case "false" or "False":
                return false;
            case "null" or "None":
                return null;
            case ['[' or '{' or '"', ..]:
                try
                {
                    return JsonNode.Parse(text);
                }
                catch (JsonException exception)
                {
                    throw new CommandException(
                        $"The value of {name}, {text}, begins like JSON but is not: a list is [1, 2], a text that begins so is \"[1\".",
                        exception
                    );
                }

            default:
                return Number().IsMatch(text) ? JsonNode.Parse(text) : text;
        }
    }

    private static string Scalar(JsonValue value) =>
        value.TryGetValue<string>(out var text) ? text : value.ToJsonString();

    // JSON's numbers: 007 and 1. are text.
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();
}

/// <summary>A value for a variable.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">The value, as JSON has it.</param>
/// <param name="Text">The value as it was written, for variables that are texts.</param>
internal sealed record NotebookParameter(string Name, JsonNode? Value, string Text);
