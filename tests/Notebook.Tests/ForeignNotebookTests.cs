using System.Text.Json.Nodes;
using Notebook.Documents;

namespace Notebook.Tests;

/// <summary>Notebooks that other programs wrote: older formats, missing members, other languages, Windows line ends.</summary>
public sealed class ForeignNotebookTests
{
    [Fact]
    public void Nbformat_3_is_read_as_nbformats_own_conversion_reads_it()
    {
        var document = IpynbFormat.Parse(
            """
            {"metadata": {"name": "old", "signature": "sha256:00", "mine": 1}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [
             {"cells": [
              {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["A ", "title"]},
              {"cell_type": "markdown", "metadata": {}, "source": ["some\n", "text"]},
              {"cell_type": "html", "metadata": {}, "source": "<b>x</b>"},
              {"cell_type": "raw", "metadata": {}, "source": "raw"},
              {"cell_type": "code", "collapsed": true, "input": ["1\n", "2"], "language": "csharp", "metadata": {"tags": ["a"]}, "prompt_number": 4, "outputs": [
               {"output_type": "stream", "stream": "stderr", "text": "warn"},
               {"output_type": "pyout", "prompt_number": 4, "text": ["4"], "png": "iVBORw0=", "html": "<i>4</i>", "metadata": {}},
               {"output_type": "display_data", "svg": "<svg/>", "metadata": {}},
               {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]}]}]},
             {"cells": [{"cell_type": "code", "input": "3", "language": "csharp", "metadata": {}, "outputs": []}]}]}
            """
        );
        Assert.Equal(
            [
                ("markdown", "## A title"),
                ("markdown", "some\ntext"),
                ("markdown", "<b>x</b>"),
                ("raw", "raw"),
                ("csharp", "1\n2"),
                ("csharp", "3"),
            ],
            document.Cells.Select(cell => (cell.Language, cell.Source))
        );
        var root = JsonNode.Parse(IpynbFormat.Write(document))!;
        Assert.Equal((4, 5), ((int)root["nbformat"]!, (int)root["nbformat_minor"]!));
        Assert.Null(root["worksheets"]);
        Assert.Equal("""{"mine":1,"language_info":{"name":"csharp"}}""", root["metadata"]!.ToJsonString());
        var code = root["cells"]![4]!;
        Assert.Equal(4, (int)code["execution_count"]!);
        Assert.Equal("""{"tags":["a"],"collapsed":true}""", code["metadata"]!.ToJsonString());
        Assert.Equal(
            [
                """{"name":"stderr","output_type":"stream","text":"warn"}""",
                """{"data":{"text/plain":["4"],"image/png":"iVBORw0=","text/html":"<i>4</i>"},"execution_count":4,"metadata":{},"output_type":"execute_result"}""",
                """{"data":{"image/svg+xml":"<svg/>"},"metadata":{},"output_type":"display_data"}""",
                """{"ename":"E","evalue":"v","output_type":"error","traceback":["t"]}""",
            ],
            code["outputs"]!
                .AsArray()
                .Select(output => JsonNode.Parse(output!.ToJsonString().Replace("\\u003C", "<"))!.ToJsonString(Plain))
        );
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Theory]
    [InlineData("""{"nbformat":4,"cells":[{"cell_type":"code"}]}""")]
    [InlineData("""{"nbformat":4,"nbformat_minor":0,"metadata":{},"cells":[{"cell_type":"code","source":[]}]}""")]
    [InlineData(
        """{"nbformat":4,"nbformat_minor":"x","metadata":null,"cells":[{"cell_type":"code","id":7,"metadata":[],"source":null,"execution_count":"x","outputs":{}}]}"""
    )]
    [InlineData(
        """{"nbformat":4,"nbformat_minor":2,"metadata":{"kernelspec":3,"language_info":"x","polyglot_notebook":[],"dotnet_interactive":1},"cells":[{"cell_type":"code","source":"","metadata":{"polyglot_notebook":1,"dotnet_interactive":[],"tags":"x","jupyter":3}}]}"""
    )]
    [InlineData(
        """{"nbformat":4,"metadata":{"polyglot_notebook":{"kernelInfo":{"items":[{},3,{"name":"r","aliases":[1]}]}}},"cells":[{"cell_type":"code","source":""}]}"""
    )]
    [InlineData(
        """{"nbformat":4,"metadata":{"polyglot_notebook":{"kernelInfo":7}},"cells":[{"cell_type":"code","source":""}]}"""
    )]
    public void Members_that_are_missing_or_of_another_kind_are_as_if_they_were_not_there(string text)
    {
        var document = IpynbFormat.Parse(text);
        var cell = Assert.Single(document.Cells);
        Assert.Equal((CellLanguage.CSharp, ""), (cell.Language, cell.Source));
        Assert.Single(DibFormat.Parse(DibFormat.Write(document)).Cells);
        var written = JsonNode.Parse(IpynbFormat.Write(document))!;
        Assert.Equal(5, (int)written["nbformat_minor"]!);
        Assert.IsType<string>(written["cells"]![0]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(
        """{"kernelspec":{"name":"python3","display_name":"Python 3","language":"python"},"language_info":{"name":"python"}}""",
        "python"
    )]
    [InlineData("""{"kernelspec":{"name":"python3"}}""", "python")]
    [InlineData("""{"kernelspec":{"name":"julia-1.10"}}""", "julia")]
    [InlineData("""{"kernelspec":{"name":"ir"}}""", "r")]
    [InlineData("""{"kernelspec":{"name":".net-fsharp","language":"F#"}}""", "fsharp")]
    [InlineData("""{"kernelspec":{"name":".net-powershell"}}""", "pwsh")]
    [InlineData(
        """{"kernelspec":{"name":".net-csharp","language":"C#"},"language_info":{"name":"polyglot-notebook"}}""",
        "csharp"
    )]
    [InlineData("""{"kernelspec":{"name":"tresnet"}}""", "csharp")]
    [InlineData("""{"dotnet_interactive":{"defaultKernelName":"fsharp"}}""", "fsharp")]
    [InlineData("{}", "csharp")]
    public void A_notebook_is_in_the_language_of_its_kernel(string metadata, string language) =>
        Assert.Equal(
            language,
            IpynbFormat
                .Parse($$"""{"nbformat":4,"metadata":{{metadata}},"cells":[{"cell_type":"code","source":"1"}]}""")
                .Cells[0]
                .Language
        );

    [Fact]
    public void Numbers_of_Pythons_that_are_none_are_null()
    {
        var text = IpynbFormat.Write(
            IpynbFormat.Parse(
                """
                {"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": [NaN, -Infinity, Infinity, 1, "NaN \" Infinity"]}, "cells": []}
                """
            )
        );
        Assert.Contains("""[null, null, null, 1, "NaN \" Infinity"]""", text);
        Assert.Throws<CommandException>(() => IpynbFormat.Parse("""{"nbformat": 4, "cells": [], "x": NaNs}"""));
    }

    [Fact]
    public void Windows_line_ends_in_a_cell_are_lines_and_stay()
    {
        const string Json =
            """{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# T\r\n", "x\ry"]}]}""";
        var document = IpynbFormat.Parse(Json);
        Assert.Equal("# T\nx\ny", document.Cells[0].Source);
        Assert.Equal("T", document.Title);
        Assert.Contains(@"\r\n", IpynbFormat.Write(document));
    }

    [Fact]
    public void Characters_that_only_some_take_for_line_ends_stay()
    {
        var document = new NotebookDocument([new NotebookCell(CellLanguage.Markdown, "a\fb\u2028c\u0085d")]);
        Assert.Equal("a\fb\u2028c\u0085d", DibFormat.Parse(DibFormat.Write(document)).Cells[0].Source);
    }
}
