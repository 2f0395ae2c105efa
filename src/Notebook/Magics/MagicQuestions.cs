// @input and @password in a magic's words, as .NET Interactive has them: alone, with a prompt behind a colon, or with JSON.
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook.Magics;

/// <summary>Words of magics that stand for an answer of the reader.</summary>
internal static class MagicQuestions
{
    private static readonly string[] Kinds = ["@input", "@password"];

    /// <summary>Asks, where a word is a question.</summary>
    /// <param name="word">The word.</param>
    /// <param name="what">What the answer is for, for a question without a prompt of its own.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Whether it is one.</returns>
    /// <exception cref="CommandException">The JSON is none, it asks for the answer to be kept, or nobody can answer.</exception>
    public static bool TryAsk(string word, string what, [NotNullWhen(true)] out string? answer)
    {
        answer = null;
        if (
            Array.Find(Kinds, each => word == each || word.StartsWith(each + ":", StringComparison.Ordinal))
            is not { } kind
        )
        {
            return false;
        }

        var (prompt, hint) = Read(word, word.Length > kind.Length ? word[(kind.Length + 1)..] : "");
        prompt = prompt.Length > 0 ? prompt : $"Please enter a value for {what}: ";
        answer = CellContext.AskNow(new InputQuestion(prompt, kind == "@password" || hint == "password"));
        return true;
    }

    /// <summary>Where the JSON of a question that begins in a line ends; null where none does.</summary>
    /// <param name="line">The line.</param>
    /// <param name="at">Where the question begins.</param>
    public static int? EndOfJson(string line, int at)
    {
        var start = line.IndexOf(':', at) + 1;
        if (start == 0 || start == line.Length || line[start] != '{' || !Kinds.Contains(line[at..(start - 1)]))
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(line[start..]);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            return reader.Read() && reader.TrySkip()
                ? start + Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string Prompt, string? Hint) Read(string word, string rest)
    {
        if (!rest.StartsWith('{'))
        {
            return (rest.Trim('"', '\''), null);
        }

        try
        {
            using var json = JsonDocument.Parse(rest);
            if (Text(json, "saveAs") is { } name)
            {
                throw new CommandException(
                    $"The answer is to be saved as '{name}', and this kernel keeps no secrets: leave saveAs out, or read Environment.GetEnvironmentVariable(\"{name}\")."
                );
            }

            return (Text(json, "prompt") ?? "", Text(json, "type"));
        }
        catch (JsonException)
        {
            throw new CommandException(
                $"'{word}' is no question: write @input:\"The question\", or @input:{{\"prompt\": \"The question\"}}."
            );
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json
            .RootElement.EnumerateObject()
            .Where(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(each => each.Value.ToString())
            .FirstOrDefault();
}
