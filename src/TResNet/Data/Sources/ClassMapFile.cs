// Files that name classes in their order: timm's class_map (a text with a class on each line), and the JSON files that are handed on with networks.

using System.Text.Json;

namespace TResNet.Data.Sources;

/// <summary>
/// Reads the names of classes in the order of a network's outputs: a text file with one on each line, or JSON: a list of names, an object of names and
/// numbers either way round, or Keras's object of numbers and pairs, of which the first is the folder's name.
/// </summary>
internal static class ClassMapFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; one that ends in <c>.json</c> is JSON, any other text.</param>
    /// <returns>The names, in order.</returns>
    /// <exception cref="TResNetException">It cannot be read, or names no classes, or its numbers have gaps.</exception>
    public static string[] Read(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".pkl" or ".pickle")
        {
            throw new TResNetException(
                $"{path} is a pickle, but class maps are read as text or JSON; write a text file with one class on each line, in their order."
            );
        }

        var text = TextFile.Read(path, "a file that names classes");
        string[] names = Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            ? FromJson(text, path)
            : [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length > 0
            ? names
            : throw new TResNetException(
                $"{path} names no classes; give each a line, in the order of the network's outputs."
            );
    }

    private static string[] FromJson(string text, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
            {
                return [.. root.EnumerateArray().Select(name => name.GetString()!)];
            }

            var named = new SortedDictionary<int, string>();
            foreach (var pair in root.EnumerateObject())
            {
                var (number, name) = pair.Value.ValueKind switch
                {
                    JsonValueKind.Number => (pair.Value.GetInt32(), pair.Name),
                    JsonValueKind.Array => (
                        int.Parse(pair.Name, System.Globalization.CultureInfo.InvariantCulture),
                        pair.Value[0].GetString()!
                    ),
                    _ => (
                        int.Parse(pair.Name, System.Globalization.CultureInfo.InvariantCulture),
                        pair.Value.GetString()!
                    ),
                };
                named.Add(number, name);
            }

            return named.Count == 0 || named.Keys.Last() - named.Keys.First() == named.Count - 1
                ? [.. named.Values]
                : throw new TResNetException(
                    $"{path} numbers {named.Count} classes from {named.Keys.First()} to {named.Keys.Last()}, but there must be no gaps; number them one after the other."
                );
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or FormatException
                        or InvalidOperationException
                        or ArgumentException
                        or OverflowException
                        or IndexOutOfRangeException
            )
        {
            throw new TResNetException(
                $"{path} is JSON, but neither a list of names nor an object of names and numbers; write one of these, or a text file with one class on each line.",
                e
            );
        }
    }
}
