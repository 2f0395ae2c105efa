using System.Text.RegularExpressions;
using TResNet.Cli.Tests.Packages;

namespace TResNet.Cli.Tests;

/// <summary>What docs/ecosystem.md says of a host, a test proves, or it says that nobody has tried.</summary>
public sealed partial class EcosystemDocumentTests
{
    private static readonly string[] Tests =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(PackageFeed.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file =>
                Test()
                    .Matches(File.ReadAllText(file))
                    .Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups["name"].Value}")
            ),
    ];

    public static TheoryData<string, string, string> Hosts()
    {
        var rows = new TheoryData<string, string, string>();
        var table = File.ReadAllText(Path.Combine(PackageFeed.Root, "docs", "ecosystem.md"))
            .Split("## Hosts")[1]
            .Split("\n## ")[0];
        foreach (Match row in Row().Matches(table))
        {
            rows.Add(row.Groups["host"].Value, row.Groups["works"].Value, row.Groups["tests"].Value);
        }

        return rows;
    }

    [Fact]
    public void Every_host_that_was_spoken_of_has_a_row() =>
        Assert.True(Hosts().Count >= 9, "The table was not found.");

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_row_names_tests_that_there_are_or_says_that_nobody_tried(string host, string works, string tests)
    {
        var named = Name().Matches(tests).Select(match => match.Groups["name"].Value).ToArray();

        Assert.All(named, name => Assert.True(Tests.Contains(name), $"{host}: there is no test {name}."));
        Assert.True(
            named.Length > 0 || works.Contains("not tried", StringComparison.Ordinal),
            $"{host} names no test, and does not say 'not tried'."
        );
        Assert.Equal("", Name().Replace(tests, "").Trim());
    }

    [Fact]
    public void Every_test_that_a_document_names_is_there()
    {
        var named = Directory
            .EnumerateFiles(Path.Combine(PackageFeed.Root, "docs"), "*.md")
            .SelectMany(file => Name().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .ToArray();

        Assert.InRange(named.Length, 40, int.MaxValue);
        Assert.Empty(named.Except(Tests));
    }

    [GeneratedRegex(@"^\| (?!Host |---)(?<host>[^|]+) \| (?<works>[^|]+) \|(?<tests>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z]+Tests\\.\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(
        @"\[(Fact|Theory|Property).{0,4000}?public (async )?(Task|void|Property) (?<name>\w+)\(",
        RegexOptions.Singleline
    )]
    private static partial Regex Test();
}
