namespace TResNet.Interactive.Formatting;

/// <summary>The names of networks where there is little room: a variant's is as long as what was switched.</summary>
internal static class ModelNames
{
    private const string Separator = " + ";
    private const int LineLength = 40;
    private const int ShortLength = 34;

    /// <summary>A name in lines, broken before what was switched, with plotly's mark between.</summary>
    public static string Wrapped(string name)
    {
        var lines = new List<string>();
        foreach (var part in name.Split(Separator))
        {
            if (lines.Count > 0 && lines[^1].Length + Separator.Length + part.Length <= LineLength)
            {
                lines[^1] += Separator + part;
            }
            else
            {
                lines.Add(lines.Count == 0 ? part : $"+ {part}");
            }
        }

        return string.Join("<br>", lines);
    }

    /// <summary>Names that are told apart in few letters: of several with the same beginning, variants say only what was switched.</summary>
    public static string Short(string name, IReadOnlyCollection<string> all)
    {
        var (listed, rest) = name.Split(Separator, 2) is [var first, var others] ? (first, others) : (name, null);
        var isShared = all.Count(other => other.Split(Separator)[0] == listed) > 1;
        var text = rest is not null && isShared ? $"+ {rest}" : name;
        return text.Length <= ShortLength ? text : text[..(ShortLength - 1)] + "…";
    }
}
