// Which labels there are, and which number each has: a network's outputs are in this order for good.

namespace TResNet.Data.Sources;

/// <summary>The classes of a data set, in the order of their labels.</summary>
internal sealed class ClassList
{
    private readonly Dictionary<string, int> labels;

    private ClassList(string[] names)
    {
        Names = names;
        labels = names.Select((name, label) => (name, label)).ToDictionary(pair => pair.name, pair => pair.label);
    }

    /// <summary>The names.</summary>
    public string[] Names { get; }

    /// <summary>Orders what was found, or takes what a file says.</summary>
    /// <param name="found">The names, each at least once.</param>
    /// <param name="options">The order or the file.</param>
    /// <param name="where">What messages call the place where they were found.</param>
    /// <param name="remarks">Gets a sentence where a file leaves classes out.</param>
    /// <exception cref="TResNetException">The file cannot be read, or names none of those that were found.</exception>
    public static ClassList Of(IEnumerable<string> found, SourceOptions options, string where, List<string> remarks)
    {
        string[] names = [.. found.Distinct(StringComparer.Ordinal).Order(ComparerOf(options.ClassOrder))];
        if (options.ClassMap is null)
        {
            return new ClassList(names);
        }

        var mapped = new ClassList(Distinct(options.ClassMap));
        string[] unknown = [.. names.Where(name => mapped.LabelOf(name) is null)];
        if (unknown.Length == names.Length)
        {
            throw new TResNetException(
                $"{options.ClassMap} names none of the classes of {where} ({Some(names)}): it has {Some(mapped.Names)}; name the file of these images."
            );
        }

        if (unknown.Length > 0)
        {
            remarks.Add($"{options.ClassMap} does not name {Some(unknown)}, whose images are left out.");
        }

        return mapped;
    }

    private static string[] Distinct(string map)
    {
        var names = ClassMapFile.Read(map);
        var twice = names.CountBy(name => name).FirstOrDefault(pair => pair.Value > 1).Key;
        return twice is not null ? throw new TResNetException($"{map} names {twice} twice; remove one of the two.")
            : names.Length < 2
                ? throw new TResNetException($"{map} names one class, {names[0]}, but there have to be at least two.")
            : names;
    }

    /// <summary>The label of a class; null where it is none of these.</summary>
    public int? LabelOf(string name) => labels.TryGetValue(name, out var label) ? label : null;

    /// <summary>The name among these that another spelling means: the same in capitals, where only one is.</summary>
    public string? Match(string name)
    {
        if (labels.ContainsKey(name))
        {
            return name;
        }

        string[] alike = [.. Names.Where(each => each.Equals(name, StringComparison.OrdinalIgnoreCase))];
        return alike is [var one] ? one : null;
    }

    /// <summary>The first of some names, for a sentence.</summary>
    public static string Some(IReadOnlyList<string> names, int most = 5) =>
        names.Count <= most
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(most))} and {names.Count - most:N0} more";

    private static IComparer<string> ComparerOf(ClassOrder order) =>
        order == ClassOrder.Natural ? Comparer<string>.Create(CompareNaturally) : StringComparer.Ordinal;

    /// <summary>Digits by their value, all else without regard to capitals first, as timm's natural key.</summary>
    private static int CompareNaturally(string? one, string? other)
    {
        var (a, b) = (one ?? "", other ?? "");
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            int difference;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var (left, right) = (Digits(a, ref i), Digits(b, ref j));
                difference =
                    left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(left, right);
            }
            else
            {
                difference = char.ToLowerInvariant(a[i++]) - char.ToLowerInvariant(b[j++]);
            }

            if (difference != 0)
            {
                return difference;
            }
        }

        return a.Length - i - (b.Length - j) is var rest && rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    private static string Digits(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text[from..at].TrimStart('0');
    }
}
