using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The API reference that <c>./build.sh docs</c> makes names every public type of the packages, and its links lead somewhere.</summary>
public sealed partial class ApiReferenceTests
{
    public static TheoryData<string> Packages() =>
        ["TResNet", "TResNet.Charts", "TResNet.Onnx", "TResNet.Interactive", "Notebook.Abstractions"];

    [TheoryIfApiReference]
    [MemberData(nameof(Packages))]
    public void Every_public_type_has_a_page_with_its_summary(string package)
    {
        var types = PublicApiTests.PublicTypes(package);
        var missing = types.Where(type =>
            !File.Exists(TheoryIfApiReferenceAttribute.Page(type.Replace('`', '-') + ".html"))
        );

        Assert.NotEmpty(types);
        Assert.Empty(missing);
    }

    [TheoryIfApiReference]
    [InlineData(
        "TResNet.Models.html",
        "Builds a network with fresh weights.",
        "There is no such network",
        "numClasses"
    )]
    public void A_page_has_summaries_parameters_exceptions_and_examples(string page, params string[] texts)
    {
        var html = File.ReadAllText(TheoryIfApiReferenceAttribute.Page(page));

        Assert.All(texts.Append(">Examples</h"), text => Assert.Contains(text, html, StringComparison.Ordinal));
    }

    [TheoryIfApiReference]
    [InlineData("*.html")]
    public void No_link_is_dead(string pages)
    {
        var anchors = Directory
            .EnumerateFiles(TheoryIfApiReferenceAttribute.Folder, pages, SearchOption.AllDirectories)
            .ToDictionary(
                file => file,
                file => Id().Matches(File.ReadAllText(file)).Select(match => match.Groups["id"].Value).ToHashSet()
            );
        var dead = anchors.Keys.SelectMany(file =>
            Link()
                .Matches(File.ReadAllText(file))
                .Select(match => match.Groups["to"].Value)
                .Where(link => !Leads(link, file))
                .Select(link => $"{file}: {link}")
        );

        Assert.True(anchors.Count > 100, $"{anchors.Count} pages were found.");
        Assert.Empty(dead);

        bool Leads(string link, string from)
        {
            if (link.Contains("://", StringComparison.Ordinal))
            {
                return true;
            }

            var (page, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
            var target = page.Length == 0 ? from : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, page));
            return File.Exists(target) && (anchor.Length == 0 || anchors[target].Contains(anchor));
        }
    }

    [GeneratedRegex("<a[^>]* href=\"(?<to>[^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex(" id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Id();
}
