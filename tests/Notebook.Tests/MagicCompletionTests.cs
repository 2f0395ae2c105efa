using System.CommandLine;
using System.CommandLine.Completions;
using Notebook.Language;
using Notebook.Session;

namespace Notebook.Tests;

/// <summary>Tab and tooltips on magic lines. A bar in a cell stands for the cursor.</summary>
public sealed class MagicCompletionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("completion-");
    private readonly NotebookHost host = new([new PaintExtension()]);

    public void Dispose()
    {
        host.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("#!pai|", "#!paint", "magic")]
    [InlineData("1 + 1\n#!ma|", "#!markdown", "magic")]
    [InlineData("#!paint --co|", "--colour", "option")]
    [InlineData("#!paint --s", "--shade", "option")]
    [InlineData("#!paint --colour r|", "red", "value")]
    [InlineData("#!paint --colour=r|", "red", "value")]
    [InlineData("#!paint --shade |", "Dark Light", "value")]
    [InlineData("#!paint --shade Li| --colour red", "Light", "value")]
    [InlineData("#!paint --mix red,b|", "red,blue", "value")]
    [InlineData("#!paint --mix red b|", "blue", "value")]
    [InlineData("#!paint w|", "wall", "command")]
    [InlineData("#!paint wall --h|", "--height --help", "option")]
    [InlineData("#!paint --nothing |", "wall --colour --file --folder --mix --shade --help", null)]
    [InlineData("#!no-such-magic --|", "", null)]
    [InlineData("#!markdown\n#!pai|", "", null)]
    [InlineData("#!markdown\ntext|", "", null)]
    public void Tab_offers_what_the_definition_allows(string cell, string expected, string? kind)
    {
        var found = Complete(cell);
        Assert.Equal(expected, string.Join(' ', found.Items.Select(item => item.Text)));
        Assert.All(found.Items, item => Assert.Equal(kind ?? item.Kind, item.Kind));
    }

    [Fact]
    public void An_option_is_not_offered_twice_unless_it_takes_several_values()
    {
        var offered = Complete("#!paint --colour red --mix red --|").Items.Select(item => item.Text).ToList();
        Assert.DoesNotContain("--colour", offered);
        Assert.Contains("--mix", offered);
    }

    [Theory]
    [InlineData("#!paint --colour r|", 17, 18)]
    [InlineData("var a = 1;\n  #!pai|", 13, 18)]
    [InlineData("#!paint --colour=r|", 17, 18)]
    [InlineData("#!paint --colour |", 17, 17)]
    public void The_word_before_the_cursor_is_replaced(string cell, int start, int end)
    {
        var found = Complete(cell);
        Assert.Equal((start, end), (found.Start, found.End));
    }

    [Fact]
    public void Files_and_folders_are_offered_where_an_option_takes_them()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "images of cats"));
        File.WriteAllText(Path.Combine(folder.FullName, "index.txt"), "");
        File.WriteAllText(Path.Combine(folder.FullName, ".hidden"), "");
        var typed = $"{folder.FullName}/i";
        Assert.Equal(
            [
                ($"{folder.FullName}/images of cats/", $"\"{folder.FullName}/images of cats/\"", "folder"),
                ($"{folder.FullName}/index.txt", $"{folder.FullName}/index.txt", "file"),
            ],
            Complete($"#!paint --file {typed}|").Items.Select(item => (item.Label, item.Text, item.Kind))
        );
        Assert.Equal(["folder"], Complete($"#!paint --folder {typed}|").Items.Select(item => item.Kind));
        Assert.Equal(["file"], Complete($"#!paint --file {folder.FullName}/.h|").Items.Select(item => item.Kind));
        Assert.Empty(Complete("#!paint --file /no/such/folder/|").Items);
    }

    [Fact]
    public void The_tooltip_of_a_magic_is_its_help()
    {
        var help = Inspect("#!pai|nt --colour red")!;
        Assert.StartsWith("**#!paint**\n\n```text\nPaints.", help);
        Assert.Contains("--colour <name>", help);
    }

    [Theory]
    [InlineData("#!paint --col|our red", "**--colour** *name*\n\nThe colour.\n\n- `red`: As blood.")]
    [InlineData("#!paint --colour re|d", "**--colour** *name*\n\nThe colour.\n\n- `red`: As blood.")]
    [InlineData("#!paint --shade=Dark|", "**--shade**\n\nHow bright.\n\nDefault: `Dark`\n\nOne of `Dark`, `Light`.")]
    [InlineData("#!html|", "**#!html**\n\nShows the lines below as HTML.")]
    public void The_tooltip_of_an_option_says_what_it_takes(string cell, string expected) =>
        Assert.Equal(expected, Inspect(cell)?[..Math.Min(expected.Length, Inspect(cell)!.Length)]);

    [Theory]
    [InlineData("#!nothing|")]
    [InlineData("#!markdown\nte|xt")]
    public void There_is_no_tooltip_where_there_is_nothing_to_say(string cell) => Assert.Null(Inspect(cell));

    [Fact]
    public void At_every_place_of_a_cell_there_is_an_answer()
    {
        const string Cell =
            "#!paint --file \"a b --colour=\n#!\n#!csharp\nvar x = \"\ud83d\ude00\";\n#!paint --mix ,\n#!html\n<b>";
        for (var at = 0; at <= Cell.Length; at++)
        {
            var found = host.Language.Complete(Cell, at);
            Assert.InRange(found.Start, 0, at);
            Assert.InRange(found.End, found.Start, Cell.Length);
            host.Language.Inspect(Cell, at, 0);
        }
    }

    private CompletionList Complete(string cell) =>
        host.Language.Complete(cell.Replace("|", ""), cell.Contains('|') ? cell.IndexOf('|') : cell.Length);

    private string? Inspect(string cell) => host.Language.Inspect(cell.Replace("|", ""), cell.IndexOf('|'), 0);
}
