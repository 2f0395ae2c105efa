using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What the documents link to is there: files, pictures and headings.</summary>
public sealed partial class DocumentLinkTests
{
    public static TheoryData<string> Documents() =>
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*.md")
                .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Its_links_lead_somewhere(string document)
    {
        var path = Path.Combine(Repository.Root, document);
        var dead = Link()
            .Matches(Code().Replace(File.ReadAllText(path), ""))
            .Select(match => match.Groups["to"].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal))
            .Where(link => !Leads(path, link));

        Assert.Empty(dead);
    }

    private static bool Leads(string from, string link)
    {
        var (file, heading) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
        var target = file.Length == 0 ? from : Path.Combine(Path.GetDirectoryName(from)!, file);
        return heading.Length == 0
            ? Path.Exists(target)
            : File.Exists(target)
                && Heading()
                    .Matches(Code().Replace(File.ReadAllText(target), ""))
                    .Any(match => Anchor(match.Groups["text"].Value) == heading);
    }

    // As GitHub makes it.
    private static string Anchor(string heading) =>
        Punctuation().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
