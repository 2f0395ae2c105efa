using System.Text;
using Notebook.Documents;
using Tests;

namespace Notebook.Tests;

public sealed class IpynbTests : IDisposable
{
    private const string Jupyter = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {},
           "source": "# Ünïcode 😀 as one string"
          },
          {
           "cell_type": "code",
           "execution_count": 2,
           "id": "b2",
           "metadata": {
            "tags": [
             "parameters"
            ]
           },
           "outputs": [
            {
             "data": {
              "application/vnd.custom+json": {
               "tau": 6.2800,
               "big": 12345678901234567890,
               "nested": [[], {}]
              },
              "text/plain": [
               "3"
              ]
             },
             "execution_count": 2,
             "metadata": {},
             "output_type": "execute_result"
            }
           ],
           "source": [
            "var s = \"\\t\\u0001\";\n",
            "1 + 2"
           ],
           "vendor": null
          }
         ],
         "metadata": {
          "kernelspec": {
           "display_name": ".NET (C#)",
           "language": "C#",
           "name": ".net-csharp"
          }
         },
         "nbformat": 4,
         "nbformat_minor": 5,
         "something_else": true
        }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("notebook").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Unchanged =>
        [
            // Python writes empty lists on one line and everything else on its own.
            Jupyter.Replace("[[], {}]", "[\n        [],\n        {}\n       ]"),
            "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}",
            "{\r\n  \"nbformat\": 4,\r\n  \"nbformat_minor\": 5,\r\n  \"metadata\": {},\r\n  \"cells\": []\r\n}",
        ];

    [Theory]
    [MemberData(nameof(Unchanged))]
    public void What_was_read_and_not_changed_is_written_as_it_was(string text) =>
        Assert.Equal(text, IpynbFormat.Write(IpynbFormat.Parse(text)));

    [Fact]
    public void A_changed_cell_changes_nothing_else()
    {
        var document = IpynbFormat.Parse(Jupyter);
        document.Cells[1].Source = "4";
        var (before, after) = (Jupyter.Split('\n'), IpynbFormat.Write(document).Split('\n'));
        Assert.Contains("    \"4\"", after);
        Assert.Contains("   \"vendor\": null", after);
        Assert.Equal(before[..5], after[..5]);
    }

    [Fact]
    public void Source_is_a_string_or_a_list_of_lines()
    {
        var cells = IpynbFormat.Parse(Jupyter).Cells;
        Assert.Equal("# Ünïcode 😀 as one string", cells[0].Source);
        Assert.Equal("var s = \"\\t\\u0001\";\n1 + 2", cells[1].Source);
    }

    [Fact]
    public void A_dib_becomes_a_notebook_of_our_kernel() =>
        Snapshot.Match(
            IpynbFormat.Write(
                DibFormat.Parse("#!markdown\n\n# Title\n\n#!csharp\n\nvar x = 1;\nx\n\n#!html\n\n<b>x</b>\n"),
                new DocumentKernel("under-test", "Under test (C#)")
            ),
            "ipynb"
        );

    [Fact]
    public void From_dib_to_ipynb_and_back_nothing_is_lost()
    {
        const string Text =
            "#!meta\n\n{\"kernelInfo\":{\"items\":[]}}\n\n#!markdown\n\n# Title\n\n#!csharp\n\n#!time\n1\n\n#!html\n\n<b>x</b>\n\n#!fsharp\n\nlet x = 1\n";
        var there = IpynbFormat.Write(DibFormat.Parse(Text));
        Assert.Equal(Text, DibFormat.Write(IpynbFormat.Parse(there)));
        Assert.Equal(there, IpynbFormat.Write(IpynbFormat.Parse(there)));
    }

    [Fact]
    public void Cells_of_an_older_notebook_get_ids()
    {
        var document = IpynbFormat.Parse(
            """{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"outputs":[],"source":"1"},{"cell_type":"code","metadata":{},"outputs":[],"source":"1"}]}"""
        );
        var ids = IpynbFormat.Parse(IpynbFormat.Write(document)).Cells.Select(cell => cell.Id).ToList();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{8}$", id));
    }

    [Fact]
    public void A_cell_in_another_language_of_a_polyglot_notebook_is_known_by_its_metadata()
    {
        var document = IpynbFormat.Parse(
            """{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","id":"a","metadata":{"polyglot_notebook":{"kernelName":"fsharp"}},"outputs":[],"source":"let x = 1"}]}"""
        );
        Assert.Equal("fsharp", document.Cells[0].Language);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("not json", "bad.ipynb is not a Jupyter notebook: line 1: 'not json' is an invalid JSON literal")]
    [InlineData("{\"cells\": [\n", "bad.ipynb is not a Jupyter notebook: line 2:")]
    [InlineData("[]", "bad.ipynb is not a Jupyter notebook: It is not an object.")]
    [InlineData("{}", "bad.ipynb is not a Jupyter notebook: It has no nbformat.")]
    [InlineData("{\"nbformat\": 1}", "bad.ipynb is an nbformat 1 notebook; nbformat 2 to 4 are read.")]
    [InlineData("{\"nbformat\": 5, \"cells\": []}", "bad.ipynb is an nbformat 5 notebook; nbformat 2 to 4 are read.")]
    [InlineData("{\"nbformat\": 3}", "bad.ipynb is not a Jupyter notebook: It has no worksheets.")]
    [InlineData(
        "{\"nbformat\": 3, \"worksheets\": [{\"cells\": [{\"cell_type\": \"x\"}]}]}",
        "bad.ipynb is not a Jupyter notebook: It has a cell of the type 'x'."
    )]
    [InlineData(
        "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}",
        "bad.ipynb is not a Jupyter notebook: A cell's text is neither"
    )]
    [InlineData("{\"nbformat\": \"4\"}", "bad.ipynb is not a Jupyter notebook:")]
    [InlineData("{\"nbformat\": 4}", "bad.ipynb is not a Jupyter notebook: It has no cells.")]
    [InlineData("{\"nbformat\": 4, \"cells\": [1]}", "bad.ipynb is not a Jupyter notebook: A cell is not an object.")]
    [InlineData("{\"nbformat\": 4, \"cells\": [{\"source\": 5}]}", "bad.ipynb is not a Jupyter notebook:")]
    [InlineData("{\"nbformat\": 4, \"nbformat\": 4}", "bad.ipynb is not a Jupyter notebook:")]
    public void Malformed_json_gives_one_sentence(string text, string? start)
    {
        if (start is null)
        {
            Assert.Empty(IpynbFormat.Parse(text).Cells);
            return;
        }

        var message = Assert.Throws<CommandException>(() => IpynbFormat.Parse(text, "bad.ipynb")).Message;
        Assert.Equal(start, message[..Math.Min(start.Length, message.Length)]);
        Assert.DoesNotContain('\n', message);
        Assert.EndsWith(".", message);
    }

    [Fact]
    public void A_file_that_is_missing_or_no_notebook_gives_one_sentence()
    {
        Assert.Equal(
            "There is no notebook 'none.dib'.",
            Assert.Throws<CommandException>(() => DocumentFormats.Read("none.dib")).Message
        );
        Assert.Equal(
            "'a.txt' is no notebook: the name should end in .dib or .ipynb.",
            Assert.Throws<CommandException>(() => DocumentFormats.Read("a.txt")).Message
        );
        var latin = Path.Combine(folder, "latin.dib");
        File.WriteAllBytes(latin, Encoding.Latin1.GetBytes("café"));
        Assert.EndsWith(
            "is not UTF-8 text. Save it as UTF-8.",
            Assert.Throws<CommandException>(() => DocumentFormats.Read(latin)).Message
        );
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.Combine(folder, "taken.dib"));
        var document = new NotebookDocument();
        Assert.Throws<CommandException>(() => DocumentFormats.Write(document, Path.Combine(folder, "taken.dib")));
        Assert.Equal(["taken.dib"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_byte_order_mark_survives_a_file()
    {
        var path = Path.Combine(folder, "mark.dib");
        var bytes = Encoding.UTF8.GetPreamble().Concat("#!md\r\ntext"u8.ToArray()).ToArray();
        File.WriteAllBytes(path, bytes);
        DocumentFormats.Write(DocumentFormats.Read(path), path);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }
}
