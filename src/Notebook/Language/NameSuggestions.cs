// What the user may have meant: names within a small edit distance (Damerau-Levenshtein, adjacent swaps count once).
namespace Notebook.Language;

/// <summary>Finds the names close to a mistyped one.</summary>
internal static class NameSuggestions
{
    /// <summary>At most three names, nearest first: a few edits away, or with the text as their beginning or part.</summary>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> names) =>
        names
            .Select(name => (name, distance: Distance(typed, name)))
            .Where(each =>
                each.distance <= Math.Max(2, typed.Length / 3)
                || typed.Length >= 3 && each.name.Contains(typed, StringComparison.OrdinalIgnoreCase)
            )
            .OrderBy(each => each.distance)
            .ThenBy(each => each.name, StringComparer.Ordinal)
            .Take(3)
            .Select(each => each.name)
            .ToList();

    /// <summary>Names in a sentence: <c>'a', 'b' or 'c'</c>.</summary>
    public static string Listed(IReadOnlyList<string> names, string last = "or") =>
        names.Count <= 1
            ? string.Concat(names.Select(Quoted))
            : $"{string.Join(", ", names.SkipLast(1).Select(Quoted))} {last} {Quoted(names[^1])}";

    internal static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                rows[i, j] = Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (same ? 0 : 1)
                );
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }

    private static string Quoted(string name) => $"'{name}'";
}
