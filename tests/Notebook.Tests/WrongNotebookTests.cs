using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Notebook.Documents;
using Notebook.Pages;

namespace Notebook.Tests;

/// <summary>JSON that nbformat's schema does not allow is read on with a note, or refused by one sentence; nothing else comes of it.</summary>
public sealed class WrongNotebookTests
{
    // All that the schema names, so that each place is reached.
    private const string Whole = """
        {
          "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {"tags": ["x"]}, "source": ["# T\n", "![p](attachment:p.png)"],
             "attachments": {"p.png": {"image/png": "iVBORw0="}}},
            {"cell_type": "code", "id": "b", "execution_count": 1,
             "metadata": {"jupyter": {"source_hidden": true}, "collapsed": false, "tags": ["parameters"],
               "execution": {"iopub.status.busy": "2024-01-01T00:00:00Z", "iopub.status.idle": "2024-01-01T00:00:01Z"},
               "polyglot_notebook": {"kernelName": "csharp"}},
             "outputs": [
               {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
               {"output_type": "display_data", "data": {"text/plain": "x", "image/png": "iVBORw0=", "application/json": {"a": [1]},
                 "application/vnd.plotly.v1+json": {"data": [], "layout": {}}, "image/svg+xml": ["<svg/>"], "text/html": "<b>x</b>"}, "metadata": {}},
               {"output_type": "execute_result", "execution_count": 1, "data": {"text/markdown": ["*x*"]}, "metadata": {}},
               {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}],
             "source": "var x = 1;"},
            {"cell_type": "raw", "id": "c", "metadata": {"format": "text/html"}, "source": "raw"}],
          "metadata": {"kernelspec": {"name": "tresnet", "display_name": "T", "language": "C#"},
            "language_info": {"name": "csharp"}, "dotnet_interactive": {"defaultKernelName": "csharp"},
            "polyglot_notebook": {"kernelInfo": {"defaultKernelName": "csharp", "items": [{"name": "csharp", "aliases": ["c#"]}]}}},
          "nbformat": 4,
          "nbformat_minor": 5
        }
        """;

    private const string Old = """
        {"nbformat": 3, "metadata": {"name": "n"}, "worksheets": [{"cells": [
          {"cell_type": "heading", "level": 2, "source": "T", "metadata": {}},
          {"cell_type": "code", "language": "python", "collapsed": false, "prompt_number": 1, "input": ["x"], "metadata": {}, "outputs": [
            {"output_type": "stream", "stream": "stdout", "text": "a"}, {"output_type": "pyout", "prompt_number": 1, "text": "x", "png": "iVBORw0="},
            {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]}]}]}]}
        """;

    private static readonly string[] Wrong =
    [
        "null",
        "5",
        "-1",
        "2.5",
        "1e999",
        "12345678901234567890",
        "true",
        "\"\"",
        "\"text\"",
        "\"\\ud800\"",
        "[]",
        "[1, 2]",
        "[null]",
        "[[\"x\"]]",
        "[{}]",
        "{}",
        "{\"a\": 1, \"a\": 2}",
        "{\"output_type\": 5}",
        "{\"output_type\": \"stream\", \"text\": {}}",
        "{\"name\": [], \"language\": 7}",
        new string('[', 100) + new string(']', 100),
    ];

    [Property(MaxTest = 300)]
    public Property A_wrong_part_is_read_on_or_refused_by_a_sentence() =>
        Prop.ForAll(
            (
                from whole in Gen.Elements(Whole, Old)
                from changes in (
                    from place in Gen.Choose(0, 10_000)
                    from value in Gen.Elements(Wrong)
                    select (place, value)
                )
                    .ListOf()
                    .Resize(3)
                select changes.Aggregate(whole, (text, change) => With(text, change.place, change.value))
            ).ToArbitrary(),
            text =>
            {
                try
                {
                    var document = IpynbFormat.Parse(text, "n.ipynb");
                    Assert.All(document.Notes, note => Assert.Matches(@"^n\.ipynb[^\n]*\.$", note));
                    IpynbFormat.Parse(IpynbFormat.Write(document));
                    DibFormat.Parse(DibFormat.Write(document));
                    Assert.EndsWith("</html>", NotebookPage.Render(document).TrimEnd());
                }
                catch (CommandException refused)
                {
                    Assert.Matches(@"^n\.ipynb is [^\n]*\.$", refused.Message);
                    Assert.DoesNotContain("System.", refused.Message);
                    Assert.DoesNotContain("JsonObject", refused.Message);
                }
            }
        );

    [Theory]
    [InlineData(
        "\"outputs\": [",
        "\"outputs\": 5, \"x\": [",
        "cell 2: its outputs are a number in place of a list and are left out."
    )]
    [InlineData(
        "\"outputs\": [",
        "\"outputs\": [1, 2, ",
        "cell 2: 2 of its outputs are of no kind that nbformat has, and nothing is shown of them."
    )]
    [InlineData(
        "\"metadata\": {\"format\": \"text/html\"}",
        "\"metadata\": []",
        "cell 3: its metadata is a list in place of an object and is left out."
    )]
    [InlineData("\"id\": \"c\"", "\"id\": 7", "cell 3: its id is a number in place of a text, and it gets another.")]
    [InlineData(
        "\"attachments\": {",
        "\"attachments\": \"\", \"x\": {",
        "cell 1: its attachments are a text in place of an object and are left out."
    )]
    public void What_is_left_out_is_said(string part, string wrong, string note) =>
        Assert.Equal([$"n.ipynb, {note}"], IpynbFormat.Parse(Whole.Replace(part, wrong), "n.ipynb").Notes);

    [Theory]
    [InlineData(
        "\"nbformat\": 4,",
        "\"nbformat\": \"4\",",
        "n.ipynb is not a Jupyter notebook: Its nbformat is a text in place of a number."
    )]
    [InlineData(
        "\"cell_type\": \"raw\"",
        "\"cell_type\": 5",
        "n.ipynb is not a Jupyter notebook: It has a cell that says no type."
    )]
    [InlineData(
        "\"source\": \"raw\"",
        "\"source\": {}",
        "n.ipynb is not a Jupyter notebook: A cell's text is neither a text nor a list of lines."
    )]
    [InlineData(
        "\"nbformat\": 4,",
        "\"nbformat\": 1e30,",
        "n.ipynb is an nbformat 2147483647 notebook; nbformat 2 to 4 are read. Open and save it with a current Jupyter first."
    )]
    public void What_cannot_be_read_is_refused(string part, string wrong, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<CommandException>(() => IpynbFormat.Parse(Whole.Replace(part, wrong), "n.ipynb")).Message
        );

    [Fact]
    public void What_Python_writes_beside_JSON_is_read_as_Python_does()
    {
        var document = IpynbFormat.Parse(
            """{"nbformat": 4.0, "metadata": {"a": 1, "a": {"b": NaN, "b": 2}}, "cells": [{"cell_type": "code", "source": "\"\\ud83d\" \ud83d\ude00 \ud83d.", "metadata": {}, "outputs": [{"output_type": "stream", "name": "stdout", "text": "\udc00"}]}]}"""
        );

        Assert.Empty(document.Notes);
        Assert.Equal("""{"a":{"b":2}}""", document.Metadata.ToJsonString());
        Assert.Equal("\"\\ud83d\" \ud83d\ude00 \ufffd.", document.Cells[0].Source);
        Assert.Equal("\ufffd", (string?)document.Cells[0].Outputs[0]!["text"]);
    }

    /// <summary>A text with the value at a place in the place of another: places are counted through the whole tree.</summary>
    private static string With(string text, int place, string value)
    {
        JsonNode? root;
        try
        {
            root = NotebookJson.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return text;
        }

        var places = Places(root).ToList();
        if (places.Count == 0)
        {
            return text;
        }

        const string mark = "here it goes";
        places[place % places.Count](mark);
        return root!.ToJsonString().Replace($"\"{mark}\"", value);
    }

    private static IEnumerable<Action<JsonNode>> Places(JsonNode? node) =>
        node switch
        {
            JsonObject members => members
                .Select(member => member.Key)
                .ToList()
                .SelectMany(key => Places(members[key]).Prepend(value => members[key] = value)),
            JsonArray items => Enumerable
                .Range(0, items.Count)
                .SelectMany(at => Places(items[at]).Prepend(value => items[at] = value)),
            _ => [],
        };
}
