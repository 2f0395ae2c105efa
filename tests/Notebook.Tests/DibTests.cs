using Notebook.Documents;
using Tests;

namespace Notebook.Tests;

public sealed class DibTests
{
    private const string Typical = """
        #!meta

        {"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":["py"],"name":"python"},{"name":"csharp"}]}}

        #!markdown

        # Title

        Some text with a line `#!csharp` inside.

        #!csharp

        #!tresnet-train --epochs 3
        var x = 1;

        #!csharp --not-a-separator
        x

        #!py

        print(1)

        #!html
        <b>x</b>
        """;

    [Fact]
    public void Separators_are_kernel_names_alone_on_their_line() =>
        Snapshot.Match(
            string.Join("", DibFormat.Parse(Typical).Cells.Select(cell => $"--- {cell.Language}\n{cell.Source}\n"))
        );

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n\n")]
    [InlineData("var x = 1;")]
    [InlineData("\r\nvar x = 1;\r\n\r\n#!md\r\ntext\r\n")]
    [InlineData("#!c#\nvar x = 1;\n\n\n\n#!F#\nlet\n")]
    [InlineData("#!f#\nlet x = 1\n#!csharp\n\n#!csharp\n\n\n#!markdown")]
    [InlineData("#!markdown\n\nmixed\r\nline ends\n\r\n#!js\n1\r\n")]
    [InlineData("\uFEFF#!markdown\n\ntext\n")]
    [InlineData("\uFEFFtext\n#!md\n")]
    [InlineData("#!meta\n{\"kernelInfo\":{\"items\":[]}}\n#!markdown  \n x \n")]
    [InlineData("1\n#!meta\n{}\n")]
    [InlineData("#!meta\n{\"kernelInfo\":{\"items\":[{\"name\":\"r\"}]}}\n#!r\n1\n")]
    [InlineData("#!meta\n{}\n#!time\n1\n")]
    [InlineData(Typical)]
    public void What_was_read_and_not_changed_is_written_as_it_was(string text) =>
        Assert.Equal(text, DibFormat.Write(DibFormat.Parse(text)));

    [Fact]
    public void Text_before_the_first_separator_is_csharp()
    {
        var cell = DibFormat.Parse("\n\n#!tresnet-train\n1 + 1\n\n#!md\nx\n").Cells[0];
        Assert.Equal((CellLanguage.CSharp, "#!tresnet-train\n1 + 1"), (cell.Language, cell.Source));
    }

    [Fact]
    public void An_empty_file_has_no_cells() => Assert.Empty(DibFormat.Parse("").Cells);

    [Fact]
    public void A_changed_cell_is_laid_out_anew_and_the_others_stay()
    {
        var document = DibFormat.Parse("#!c#\r\na\r\n\r\n\r\n#!md\r\nb\r\n#!js\r\nc");
        document.Cells[1].Source = "changed\ntwice";
        document.Cells.Add(new NotebookCell(CellLanguage.Html, "<p>"));
        Assert.Equal(
            "#!c#\r\na\r\n\r\n\r\n#!markdown\r\n\r\nchanged\r\ntwice\r\n\r\n#!js\r\nc\r\n\r\n#!html\r\n\r\n<p>\r\n",
            DibFormat.Write(document)
        );
    }

    [Fact]
    public void A_new_notebook_is_laid_out_as_one_expects() =>
        Assert.Equal(
            "#!markdown\n\n# Title\n\n#!csharp\n\nvar x = 1;\n",
            DibFormat.Write(
                new NotebookDocument([
                    new NotebookCell("markdown", "# Title"),
                    new NotebookCell("csharp", "var x = 1;"),
                ])
            )
        );

    [Fact]
    public void Changed_metadata_is_written()
    {
        var document = DibFormat.Parse("#!meta\n\n{\"kernelInfo\":{\"items\":[]}}\n\n#!csharp\n\n1\n");
        document.Metadata["kernelInfo"]!["defaultKernelName"] = "csharp";
        Assert.StartsWith(
            "#!meta\n\n{\"kernelInfo\":{\"items\":[],\"defaultKernelName\":\"csharp\"}}\n\n#!csharp\n\n1\n",
            DibFormat.Write(document)
        );
    }

    [Fact]
    public void A_language_that_only_this_notebook_knows_survives_the_format()
    {
        var text = DibFormat.Write(
            new NotebookDocument([new NotebookCell("python", "print(1)"), new NotebookCell("raw", "x")])
        );
        Assert.Equal(["python", "raw"], DibFormat.Parse(text).Cells.Select(cell => cell.Language));
    }

    [Theory]
    [InlineData("#!meta\n{\"kernelInfo\":\n\n#!csharp\n1")]
    [InlineData("#!meta\n[]\n")]
    [InlineData("#!meta\n\n#!csharp\n")]
    [InlineData("#!meta\n{\"kernelInfo\":{\"items\":[{}]}}")]
    public void Malformed_metadata_gives_one_sentence(string text)
    {
        var message = Assert.Throws<CommandException>(() => DibFormat.Parse(text, "tour.dib")).Message;
        Assert.Matches(
            "^The #!meta block of tour.dib is not the JSON object it should be: [^\n]*Correct it or delete the block\\.$",
            message
        );
    }
}
