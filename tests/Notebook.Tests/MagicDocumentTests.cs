using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Notebook.Outputs;

namespace Notebook.Tests;

/// <summary>The extension that docs/add-a-magic.md shows is packed as it says, loaded by a cell, and its magic does what the text says of it.</summary>
public sealed partial class MagicDocumentTests : IDisposable
{
    private readonly PackageFeed feed = new();
    private readonly Cells cells = new();

    public void Dispose()
    {
        cells.Dispose();
        feed.Dispose();
    }

    [Fact]
    public async Task The_extension_of_the_document_is_loaded_by_a_reference_and_draws()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "add-a-magic.md"));
        var library = PackageFeed.Compile("Sparkline", "1.0.0.0", Extension().Match(document).Groups["code"].Value);
        feed.Pack(
            feed.Id,
            "1.0.0",
            $"namespace {feed.Id}; public class Nothing;",
            files: [("interactive-extensions/dotnet/Sparkline.dll", library)]
        );
        await cells.Reference($"#i \"nuget:{feed.Folder}\"", $"#r \"nuget: {feed.Id}, 1.0.0\"");
        var magic = Magic().Match(document).Value;

        Assert.Equal("display: 8 values from 1 to 9", await cells.Run(magic));
        var picture = Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs)).Data["image/svg+xml"];
        Assert.Contains("stroke=\"teal\"", picture);
        Assert.Equal("result: 8 values from 1 to 9", await cells.Run("(Spark)spark"));
        Assert.Equal(
            "display: 3 values from 0.5 to 2",
            await cells.Run("var losses = new[] { 2, 1, 0.5 };", "#!sparkline @losses")
        );

        var typed = "#!sparkline 1 2 --color ";
        Assert.Equal(
            ["black", "crimson", "teal"],
            cells.Host.Language.Complete(typed, typed.Length).Items.Select(item => item.Text)
        );
        Assert.Contains("Draws numbers as a line.", await cells.Run("#!sparkline --help"));
        Assert.Contains("'green'", await cells.Run("#!sparkline 1 2 --color green"));
        Assert.Contains("A value is no finite number", await cells.Run("#!sparkline 1 NaN"));
    }

    private static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));

    [GeneratedRegex(
        @"^```csharp\n(?<code>// Sparkline\.cs\n.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Extension();

    [GeneratedRegex("^#!sparkline .*$", RegexOptions.Multiline)]
    private static partial Regex Magic();
}
