using System.Text.Json.Nodes;
using Notebook.Documents;

namespace Notebook.Tests;

/// <summary>What an .ipynb says of its cells beside their text, kept in a .dib.</summary>
public sealed class ConversionTests
{
    private const string Polyglot = """
        {
         "cells": [
          {"cell_type": "markdown", "id": "title-1", "metadata": {"collapsed": true}, "source": "# Ünïcode"},
          {"cell_type": "code", "execution_count": null, "id": "b2", "metadata": {"tags": ["parameters", "mine"]}, "outputs": [], "source": "int x = 1;"},
          {"cell_type": "code", "execution_count": null, "id": "c3", "metadata": {"polyglot_notebook": {"kernelName": "fsharp"}}, "outputs": [], "source": "let x = 1"},
          {"cell_type": "raw", "id": "d4", "metadata": {"format": "text/x-rst"}, "source": "raw text"},
          {"cell_type": "code", "execution_count": null, "id": "e5", "metadata": {}, "outputs": [], "source": "x"}
         ],
         "metadata": {
          "authors": [{"name": "A"}],
          "kernelspec": {"display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp"},
          "language_info": {"name": "polyglot-notebook"},
          "polyglot_notebook": {"kernelInfo": {"defaultKernelName": "csharp", "items": [{"aliases": [], "name": "csharp"}]}}
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }
        """;

    [Fact]
    public void From_ipynb_to_dib_and_back_cells_keep_ids_metadata_and_tags()
    {
        var back = ThereAndBack(Polyglot);

        Assert.Equal(["title-1", "b2", "c3", "d4", "e5"], back.Cells.Select(cell => cell.Id));
        Assert.Equal(["markdown", "csharp", "fsharp", "raw", "csharp"], back.Cells.Select(cell => cell.Language));
        Assert.True((bool)back.Cells[0].Metadata["collapsed"]!);
        Assert.Equal("""["parameters","mine"]""", back.Cells[1].Metadata["tags"]!.ToJsonString());
        Assert.Equal("text/x-rst", (string?)back.Cells[3].Metadata["format"]);
        Assert.Equal("A", (string?)back.Metadata["authors"]![0]!["name"]);
        Assert.Equal(".net-csharp", (string?)back.Metadata["kernelspec"]!["name"]);
    }

    [Fact]
    public void The_dib_says_it_where_dotnet_interactive_ignores_it()
    {
        var dib = Dib(Polyglot);
        var lines = dib.Split('\n');

        Assert.Equal("#!meta", lines[0]);
        var meta = JsonNode.Parse(lines[2])!;
        Assert.Equal("csharp", (string?)meta["kernelInfo"]!["defaultKernelName"]);
        Assert.Equal(5, meta["cells"]!.AsArray().Count);
        Assert.Contains("# Ünïcode", dib);
        Assert.Equal(dib, DibFormat.Write(DibFormat.Parse(dib)));
    }

    [Fact]
    public void Cells_are_found_again_after_the_dib_was_edited()
    {
        var edited = Dib(Polyglot)
            .Replace("int x = 1;", "int x = 2;")
            .Replace("#!fsharp", "#!html\n\n<b>new</b>\n\n#!fsharp")
            .Replace("#!csharp\n\nx", "#!csharp\n\nvar y = x;");

        Assert.Equal(["title-1", null, null, "c3", "d4", "e5"], DibFormat.Parse(edited).Cells.Select(cell => cell.Id));
        Assert.Equal(
            ["title-1", "b2", "c3", "d4", "e5"],
            DibFormat.Parse(Dib(Polyglot).Replace("int x = 1;", "int x = 2;")).Cells.Select(cell => cell.Id)
        );
    }

    [Theory]
    [InlineData("""{"cells": 5}""")]
    [InlineData(
        """{"cells": [1, {"of": 3}, {"of": "00000000", "id": "a b", "metadata": 1}, {"of": null, "type": {}}]}"""
    )]
    public void Entries_that_fit_no_cell_are_ignored(string meta)
    {
        var text = $"#!meta\n\n{meta}\n\n#!csharp\n\n1\n";
        var document = DibFormat.Parse(text);

        Assert.Null(Assert.Single(document.Cells).Id);
        Assert.Equal(text, DibFormat.Write(document));
    }

    [Fact]
    public void The_line_that_marks_parameters_becomes_papermills_tag_and_needs_no_entry_on_the_way_back()
    {
        const string Text = "#!csharp\n\n// parameters: what may change\nint x = 1;\n\n#!csharp\n\nx\n";
        var notebook = IpynbFormat.Parse(IpynbFormat.Write(DibFormat.Parse(Text)));

        Assert.Equal("""["parameters"]""", notebook.Cells[0].Metadata["tags"]!.ToJsonString());
        Assert.Equal(Text, DibFormat.Write(notebook));
    }

    private static string Dib(string ipynb) => DibFormat.Write(IpynbFormat.Parse(ipynb));

    private static NotebookDocument ThereAndBack(string ipynb) =>
        IpynbFormat.Parse(IpynbFormat.Write(DibFormat.Parse(Dib(ipynb))));
}
