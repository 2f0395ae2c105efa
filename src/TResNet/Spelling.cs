namespace TResNet;

/// <summary>What may have been meant by a word that is not known.</summary>
internal static class Spelling
{
    /// <summary>The nearest of some words, at most as many as asked for.</summary>
    /// <param name="word">What was written; case does not count.</param>
    /// <param name="known">What there is.</param>
    /// <param name="most">How many come back.</param>
    /// <param name="farthest">The most edits between the word and one that comes back.</param>
    public static IReadOnlyList<string> Near(
        string word,
        IEnumerable<string> known,
        int most,
        int farthest = int.MaxValue
    ) =>
        [
            .. known
                .Select(each => (Word: each, Distance: Distance(each.ToLowerInvariant(), word.ToLowerInvariant())))
                .Where(each => each.Distance <= farthest)
                .OrderBy(each => each.Distance)
                .ThenBy(each => each.Word, StringComparer.Ordinal)
                .Take(most)
                .Select(each => each.Word),
        ];

    /// <summary><c>a, b or c</c>.</summary>
    public static string Either(IReadOnlyList<string> words) =>
        words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
