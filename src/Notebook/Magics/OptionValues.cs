using System.CommandLine;
using System.CommandLine.Completions;

namespace Notebook.Magics;

/// <summary>What values an option takes, for help, completions and messages.</summary>
public static class OptionValues
{
    /// <summary>The values that an option accepts, where it accepts only some; none where it accepts others too.</summary>
    /// <param name="option">The option; of an enumeration the values are its names, of others its completions.</param>
    public static IReadOnlyList<string> Choices(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type.IsEnum)
        {
            return Enum.GetNames(type);
        }

        return type == typeof(bool) || type.IsPrimitive
            ? []
            : option.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
    }

    /// <summary>The values of an option that come with an explanation, in the order of their completions.</summary>
    /// <param name="option">The option.</param>
    public static IReadOnlyList<(string Value, string Meaning)> Explained(Option option) =>
        [
            .. option
                .GetCompletions(CompletionContext.Empty)
                .Where(item => item.Documentation is not null)
                .OrderBy(item => item.SortText, StringComparer.Ordinal)
                .Select(item => (item.Label, item.Documentation!)),
        ];
}
