// #r "nuget: Package, 1.2.3", #r "library.dll" and #i "nuget:source", as .NET Interactive and F# scripts write them. Anywhere in a cell, and
// read before any of it runs.
using System.Text.RegularExpressions;

namespace Notebook.Packages;

/// <summary>What a cell asks to be referenced.</summary>
/// <param name="Packages">Packages by name, with a version or a range of them; null for the newest.</param>
/// <param name="Sources">Addresses or folders to look for packages in, beside those that NuGet is configured with.</param>
/// <param name="Files">Paths of assemblies.</param>
internal sealed partial record ReferenceDirectives(
    IReadOnlyList<(string Name, string? Version)> Packages,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Files
)
{
    /// <summary>Whether anything is asked for.</summary>
    public bool IsEmpty => Packages.Count + Sources.Count + Files.Count == 0;

    /// <summary>Takes the directives out of a cell's C#; their lines stay, blank, so that the others keep their numbers.</summary>
    /// <exception cref="CommandException">A directive names nothing, or a package in a way that cannot be read.</exception>
    public static (string Code, ReferenceDirectives Found) TakeFrom(string code)
    {
        if (!code.Contains('#', StringComparison.Ordinal))
        {
            return (code, new([], [], []));
        }

        var (packages, sources, files) = (new List<(string, string?)>(), new List<string>(), new List<string>());
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Directive().Match(lines[i]) is not { Success: true } match)
            {
                continue;
            }

            var (kind, what) = (match.Groups["kind"].Value, match.Groups["what"].Value.Trim());
            if (OfNuGet().Match(what) is { Success: true } nuget)
            {
                var rest = nuget.Groups["rest"].Value;
                if (kind == "i")
                {
                    sources.Add(Source(rest));
                }
                else
                {
                    packages.Add(Package(rest));
                }
            }
            else if (kind == "r" && what.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            {
                files.Add(what);
            }
            else if (kind == "i")
            {
                throw new CommandException(
                    $"#i \"{what}\" names no source: write #i \"nuget:https://...\" or #i \"nuget:folder\"."
                );
            }
            else
            {
                continue; // Roslyn's own: an assembly's name
            }

            lines[i] = "";
        }

        return (string.Join('\n', lines), new(packages, sources, files));
    }

    private static (string Name, string? Version) Package(string text)
    {
        var parts = text.Split(',', 2, StringSplitOptions.TrimEntries);
        if (!Name().IsMatch(parts[0]))
        {
            throw new CommandException(
                $"#r \"nuget: {text}\" names no package: write #r \"nuget: Package, 1.2.3\", or #r \"nuget: Package\" for the newest."
            );
        }

        return (parts[0], parts.Length == 1 || parts[1] is "" or "*" ? null : parts[1]);
    }

    private static string Source(string text) =>
        text.Length == 0
            ? throw new CommandException("#i \"nuget:\" names no source: an address or a folder follows the colon.")
        : Directory.Exists(text) ? Path.GetFullPath(text)
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? text
        : throw new CommandException($"#i \"nuget:{text}\" is neither an address nor a folder that exists.");

    [GeneratedRegex("""^\s*#\s*(?<kind>[ri])\s*"(?<what>[^"]*)"\s*;?\s*(//.*)?\r?$""")]
    private static partial Regex Directive();

    [GeneratedRegex(@"^nuget\s*:\s*(?<rest>.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfNuGet();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.\-]*$")]
    private static partial Regex Name();
}
