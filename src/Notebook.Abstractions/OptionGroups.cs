using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Notebook;

/// <summary>Options of a command that belong together, for the help of a command that has many.</summary>
public static class OptionGroups
{
    // System.CommandLine has no place for it on an option.
    private static readonly ConditionalWeakTable<Option, string> Groups = [];

    /// <summary>Puts options into a group, in place of one that they were in.</summary>
    /// <param name="group">What stands above them in the help: <c>Schedule</c>.</param>
    /// <param name="options">The options.</param>
    public static void Put(string group, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            Groups.AddOrUpdate(option, group);
        }
    }

    /// <summary>The group of an option; null where it is in none.</summary>
    /// <param name="option">The option.</param>
    public static string? Of(Option option) => Groups.TryGetValue(option, out var group) ? group : null;

    /// <summary>
    /// Options by group: first those in none, where there are any, then each group where the first of its options stands; within a group in their order.
    /// </summary>
    /// <param name="options">The options of a command.</param>
    public static IReadOnlyList<(string? Group, IReadOnlyList<Option> Options)> Sort(IEnumerable<Option> options) =>
        [
            .. options
                .GroupBy(Of)
                .OrderBy(group => group.Key is not null)
                .Select(group => (group.Key, (IReadOnlyList<Option>)[.. group])),
        ];
}
