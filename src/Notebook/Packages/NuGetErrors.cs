// https://learn.microsoft.com/nuget/reference/errors-and-warnings: what a restore says, for the writer of a cell.
using System.Text.RegularExpressions;

namespace Notebook.Packages;

/// <summary>NuGet's errors as one sentence.</summary>
internal static partial class NuGetErrors
{
    /// <summary>The first error that says what to do, else the first there is.</summary>
    /// <param name="output">What <c>dotnet restore</c> wrote.</param>
    /// <param name="packages">The packages that it was to restore.</param>
    public static string Sentence(string output, IEnumerable<string> packages)
    {
        var unreached = Unreached().Match(output) is { Success: true } match ? match.Groups["source"].Value : null;
        if (Missing().Match(output) is { Success: true } missing)
        {
            var sources = missing
                .Groups["sources"]
                .Value.Split(',', StringSplitOptions.TrimEntries)
                .Select(each => each.TrimEnd('.'))
                .Where(each => each != unreached)
                .ToList();
            var name = missing.Groups["name"].Value;
            return unreached is null
                ? $"There is no package '{name}' in {string.Join(", ", sources)}: check its name, or add its source with #i \"nuget:address\"."
                : $"There is no package '{name}'{(sources.Count > 0 ? " in " + string.Join(", ", sources) : "")}, and the source {unreached} cannot be reached: check the name and the address.";
        }

        if (OnlyPreReleases().Match(output) is { Success: true } early)
        {
            var name = early.Groups["name"].Value;
            return $"Package {name} has pre-releases only{Nearest(output)}: ask for one, such as #r \"nuget: {name}, *-*\" for the newest.";
        }

        if (NoVersion().Match(output) is { Success: true } version)
        {
            return $"Package {version.Groups["name"].Value} has no version {version.Groups["range"].Value.Trim()}{Nearest(output)}: ask for one that there is.";
        }

        if (OtherFramework().Match(output) is { Success: true } other)
        {
            return $"Package {other.Groups["name"].Value} is for {other.Groups["supported"].Value.Trim().TrimEnd('.')}, and this kernel runs on .NET {Environment.Version.Major}: ask for another version of it.";
        }

        if (Conflict().Match(output) is { Success: true } conflict)
        {
            return $"The packages need different versions of {conflict.Groups["name"].Value}: {conflict.Groups["rest"].Value.Trim().TrimEnd('.')}.";
        }

        if (Downgrade().Match(output) is { Success: true } downgrade)
        {
            return $"Package {downgrade.Groups["name"].Value} is asked for in version {downgrade.Groups["low"].Value}, and another package needs {downgrade.Groups["high"].Value}: ask for that version; where this session has loaded the older one, restart the kernel and reference both in its first cell.";
        }

        var error = Error().Match(output) is { Success: true } any
            ? any.Groups["text"].Value.Trim()
            : output.Trim().Split('\n')[^1].Trim();
        return $"{string.Join(" and ", packages)} cannot be restored: {error.TrimEnd('.')}.";
    }

    /// <summary>A sentence on what a restore that succeeded found otherwise than it was asked for; null where its message is about anything else.</summary>
    public static string? Note(string message) =>
        Unreached().Match(message) is { Success: true } source
            ? $"The source {source.Groups["source"].Value} cannot be reached: everything is from the others."
        : Replaced().Match(message) is { Success: true } other
            ? $"{other.Groups["name"].Value} {other.Groups["low"].Value} is not to be had: {other.Groups["taken"].Value}, the next one, was taken."
        : null;

    [GeneratedRegex(@"Unable to load the service index for source (?<source>\S+?)\.?(\s|$)")]
    private static partial Regex Unreached();

    [GeneratedRegex(
        @"depends on (?<name>\S+) \(>= (?<low>[^)]+)\) but \S+ \S+ was not found\. (An approximate best match of )?\S+ (?<taken>\S+) was resolved"
    )]
    private static partial Regex Replaced();

    [GeneratedRegex(
        @"NU1101: Unable to find package (?<name>\S+?)\. No packages exist with this id in source\(s\): (?<sources>[^\r\n\[]+)"
    )]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"NU110[23]: Unable to find (a stable )?package (?<name>\S+) with version (?<range>\([^)]*\)|\[[^\]]*\]|\S+)"
    )]
    private static partial Regex NoVersion();

    private static string Nearest(string output) =>
        Nearest().Match(output) is { Success: true } near ? $"; the nearest is {near.Groups["version"].Value}" : "";

    [GeneratedRegex(@"NU1103: Unable to find a stable package (?<name>\S+) with version")]
    private static partial Regex OnlyPreReleases();

    [GeneratedRegex(
        @"NU1202: Package (?<name>\S+ \S+) is not compatible with [^\r\n]*?\. Package \S+ \S+ (supports|does not support any target frameworks)(: | one of the following target frameworks:)?(?<supported>[^\r\n\[]*)"
    )]
    private static partial Regex OtherFramework();

    [GeneratedRegex(@"NU1605: [^\r\n]*?downgrade: (?<name>\S+) from (?<high>\S+) to (?<low>[^\s.]+(\.[^\s.]+)*)")]
    private static partial Regex Downgrade();

    [GeneratedRegex(@"Nearest version: (?<version>[^\s\]]+)")]
    private static partial Regex Nearest();

    [GeneratedRegex(@"NU1107: Version conflict detected for (?<name>\S+?)\. (?<rest>[^\r\n\[]+)")]
    private static partial Regex Conflict();

    [GeneratedRegex(@"error \w+: (?<text>[^\r\n\[]+)")]
    private static partial Regex Error();
}
