namespace TResNet.Interactive.Tables;

/// <summary>The names of networks where there is little room: a variant's is as long as what was switched.</summary>
internal static class ModelNames
{
    private const string Separator = " + ";
    private const string Optimised = DisplayText.Optimised;
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

    /// <summary>
    /// Names that are told apart in few letters: beside the network that all are variants of, they say only what was switched.
    /// </summary>
    public static string Short(string name, IReadOnlyCollection<string> all)
    {
        var plain = Plain(name);
        var isClear = all.Contains(plain) && all.All(other => Plain(other) == plain);
        var (text, end) = name.EndsWith(Optimised, StringComparison.Ordinal)
            ? (name[..^Optimised.Length], Optimised)
            : (name, "");
        text = isClear && text != plain ? text[(plain.Length + 1)..] : text;
        return (text.Length <= ShortLength ? text : text[..(ShortLength - 1)] + "…") + end;
    }

    /// <summary>The name of the network that a variant is of.</summary>
    private static string Plain(string name)
    {
        var first = name.Split(Separator)[0];
        return first.EndsWith(Optimised, StringComparison.Ordinal) ? first[..^Optimised.Length] : first;
    }
}
