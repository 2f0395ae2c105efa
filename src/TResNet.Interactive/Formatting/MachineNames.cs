using System.Text.RegularExpressions;

namespace TResNet.Interactive.Formatting;

/// <summary>Machines where there is little room.</summary>
internal static partial class MachineNames
{
    /// <summary>Processor and cores of a machine's description, without trade marks and clock: <c>Intel Xeon, 2 cores</c>.</summary>
    public static string Short(string machine)
    {
        var parts = machine.Split(", ");
        var processor = Spaces().Replace(Noise().Replace(parts[0], ""), " ").Trim();
        return parts.Length > 1 ? $"{processor}, {parts[1]}" : processor;
    }

    [GeneratedRegex(@"\((R|TM)\)|\bCPU\b|\bProcessor\b|@ ?[\d.]+ ?GHz")]
    private static partial Regex Noise();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
