using System.Text.RegularExpressions;

namespace TResNet.Interactive.Tables;

/// <summary>Machines where there is little room.</summary>
internal static partial class MachineNames
{
    /// <summary>How many parts of a description the short name has.</summary>
    private const int Named = 2;

    /// <summary>Processor and cores of a machine's description, without trade marks and clock: <c>Intel Xeon, 2 cores</c>.</summary>
    public static string Short(string machine)
    {
        var parts = machine.Split(", ");
        var processor = Spaces().Replace(Noise().Replace(parts[0], ""), " ").Trim();
        return parts.Length > 1 ? $"{processor}, {parts[1]}" : processor;
    }

    /// <summary>
    /// The same, and where several of <paramref name="all"/> have it, with what their descriptions differ in: <c>Intel Xeon, 2 cores, 16 GiB</c>.
    /// </summary>
    public static string Short(string machine, IReadOnlyCollection<string> all)
    {
        var name = Short(machine);
        var parts = machine.Split(", ").Skip(Named).ToArray();
        var alike = all.Where(other => Short(other) == name).Select(other => other.Split(", ").Skip(Named).ToArray());
        var telling = parts.Where((part, i) => alike.Any(other => other.ElementAtOrDefault(i) != part));
        return string.Join(", ", telling.Prepend(name));
    }

    [GeneratedRegex(@"\((R|TM)\)|\bCPU\b|\bProcessor\b|@ ?[\d.]+ ?GHz")]
    private static partial Regex Noise();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
