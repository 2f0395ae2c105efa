// #r "nuget: Package, 1.2.3", #r "library.dll" and #i "nuget:source", as .NET Interactive and F# scripts write them, and #load "file.csx" of
// C# scripts. Anywhere in a cell, and read before any of it runs.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Language;

namespace Notebook.Packages;

/// <summary>What a cell asks to be referenced.</summary>
/// <param name="Packages">Packages by name, with a version or a range of them; null for the newest.</param>
/// <param name="Sources">Addresses or folders to look for packages in, beside those that NuGet is configured with.</param>
/// <param name="Files">Paths of assemblies.</param>
/// <param name="Loads">Paths of code that runs before the cell's own.</param>
internal sealed partial record ReferenceDirectives(
    IReadOnlyList<(string Name, string? Version)> Packages,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Loads
)
{
    /// <summary>Whether anything is asked for.</summary>
    public bool IsEmpty => Packages.Count + Sources.Count + Files.Count + Loads.Count == 0;

    /// <summary>Takes the directives out of a cell's C#; their lines stay, blank, so that the others keep their numbers.</summary>
    /// <exception cref="CommandException">A directive names nothing, or a package in a way that cannot be read.</exception>
    public static (string Code, ReferenceDirectives Found) TakeFrom(string code)
    {
        var (packages, sources, files, loads) = (
            new List<(string, string?)>(),
            new List<string>(),
            new List<string>(),
            new List<string>()
        );
        var lines = code.Split('\n');
        foreach (var (directive, at) in CSharpDirectives.In(code))
        {
            var line = lines[at].Trim();
            if (!directive.IsActive)
            {
                // Scripts refer to libraries also below an #if that does not hold.
                lines[at] = directive is ReferenceDirectiveTriviaSyntax or LoadDirectiveTriviaSyntax ? "" : lines[at];
                continue;
            }

            if (OfPrograms().Match(line) is { Success: true } program)
            {
                throw new CommandException(ProgramDirective(line, program));
            }

            if (Directive().Match(line) is not { Success: true } match)
            {
                continue;
            }

            var (kind, what) = (match.Groups["kind"].Value, match.Groups["what"].Value.Trim());
            if (!match.Groups["what"].Success)
            {
                throw new CommandException(
                    $"'{line}' cannot be read: write what it names between double quotes and nothing behind it, as in {Example(kind)}."
                );
            }

            if (kind == "load")
            {
                loads.Add(
                    what.Length > 0
                        ? what
                        : throw new CommandException("#load \"\" names no file: write #load \"file.csx\".")
                );
            }
            else if (OfNuGet().Match(what) is { Success: true } nuget)
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

            lines[at] = "";
        }

        return (string.Join('\n', lines), new(packages, sources, files, loads));
    }

    private static string Example(string kind) =>
        kind switch
        {
            "load" => "#load \"file.csx\"",
            "i" => "#i \"nuget:https://...\"",
            _ => "#r \"nuget: Package, 1.2.3\" or #r \"library.dll\"",
        };

    /// <summary>What to write in a cell in the place of a directive of programs that are one file.</summary>
    private static string ProgramDirective(string line, Match directive)
    {
        var what = directive.Groups["what"].Value.Split('@', 2, StringSplitOptions.TrimEntries);
        return directive.Groups["kind"].Value == "package" && what[0].Length > 0
            ? $"'{line}' is for programs of one file: write #r \"nuget: {string.Join(", ", what)}\" in a cell."
            : $"'{line}' is for programs of one file and means nothing in a cell: leave it out.";
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

    // Without the quotes, or with more behind them, it is a directive still, that cannot be read.
    [GeneratedRegex("""^#\s*(?<kind>r|i|load)\b(\s*"(?<what>[^"]*)"\s*;?\s*(//.*|/\*.*\*/)?$)?""")]
    private static partial Regex Directive();

    [GeneratedRegex(@"^#:(?<kind>\w*)\s*(?<what>.*)$")]
    private static partial Regex OfPrograms();

    [GeneratedRegex(@"^nuget\s*:\s*(?<rest>.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfNuGet();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.\-]*$")]
    private static partial Regex Name();
}
