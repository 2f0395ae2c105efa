using System.Text.RegularExpressions;
using TResNet.Cli.Tests.Packages;

namespace TResNet.Cli.Tests;

/// <summary>docs/faq.md quotes what the program says, word for word: an ellipsis stands for what a message fills in.</summary>
public sealed partial class FaqDocumentTests
{
    // The shortest piece of a message that says which one it is.
    private const int Telling = 12;

    // Between two pieces stand a name, a number, or an expression that chooses one.
    private const int LongestGap = 400;

    private static readonly Lazy<string[]> Sources = new(() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(PackageFeed.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
                .Select(file => Joint().Replace(File.ReadAllText(file), "")),
        ]
    );

    public static TheoryData<string> Quotes() =>
        [
            .. Quote()
                .Matches(File.ReadAllText(Path.Combine(PackageFeed.Root, "docs", "faq.md")).ReplaceLineEndings("\n"))
                .Select(match => match.Groups["text"].Value),
        ];

    [Theory]
    [MemberData(nameof(Quotes))]
    public void A_message_that_is_quoted_is_one_of_ours(string quote)
    {
        var pieces = quote.Split('…').Where(piece => piece.Length > 0).ToArray();
        Assert.Contains(pieces, piece => piece.Length >= Telling);
        var message = new Regex(
            string.Join($".{{0,{LongestGap}}}?", pieces.Select(Regex.Escape)),
            RegexOptions.Singleline
        );

        Assert.True(Sources.Value.Any(message.IsMatch), $"No message in src/ reads: {quote}");
    }

    [Fact]
    public void There_are_many_and_one_that_is_not_ours_would_be_found()
    {
        Assert.InRange(Quotes().Count, 15, 100);
        Assert.Throws<Xunit.Sdk.TrueException>(() =>
            A_message_that_is_quoted_is_one_of_ours("The training … but nobody says so anywhere.")
        );
    }

    [GeneratedRegex("^> (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Quote();

    // A message that goes on in the next line of its source.
    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Joint();
}
