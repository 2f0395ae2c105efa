using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Pages;

namespace Notebook.Tests;

/// <summary>Pictures that lie in a Markdown cell itself, through every format and on the page.</summary>
public sealed class AttachmentTests
{
    private const string Red =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    private const string Json = $$$"""
        {"cells": [{"attachments": {"red dot.png": {"image/png": "{{{Red}}}"}}, "cell_type": "markdown", "id": "a", "metadata": {}, "source": "![red](attachment:red%20dot.png)"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        """;

    [Fact]
    public void They_survive_a_dib_and_come_back()
    {
        var dib = DibFormat.Write(IpynbFormat.Parse(Json));
        Assert.Contains(Red, dib);
        var back = JsonNode.Parse(IpynbFormat.Write(DibFormat.Parse(dib)))!["cells"]![0]!;
        Assert.Equal(Red, (string?)back["attachments"]!["red dot.png"]!["image/png"]);
        Assert.Equal("attachments", back.AsObject().First().Key);
    }

    [Fact]
    public void Unchanged_they_are_written_as_they_were_and_taken_out_they_are_gone()
    {
        var document = IpynbFormat.Parse(Json);
        Assert.Equal(Json, IpynbFormat.Write(document));
        document.Cells[0].Attachments.Clear();
        Assert.DoesNotContain("attachments", IpynbFormat.Write(document));
    }

    [Theory]
    [InlineData("![red](attachment:red%20dot.png)", $"<img src=\"data:image/png;base64,{Red}\" alt=\"red\" />")]
    [InlineData(
        "![red](<attachment:red dot.png> \"title\")",
        $"<img src=\"data:image/png;base64,{Red}\" alt=\"red\" title=\"title\" />"
    )]
    [InlineData(
        "![red][r]\n\n[r]: attachment:red%20dot.png",
        $"<img src=\"data:image/png;base64,{Red}\" alt=\"red\" />"
    )]
    [InlineData(
        "x <img src='attachment:red%20dot.png' width=\"9\"> y",
        $"x <img src=\"data:image/png;base64,{Red}\" width=\"9\"> y"
    )]
    [InlineData("<img src=\"attachment:red%20dot.png\">", $"<img src=\"data:image/png;base64,{Red}\">")]
    [InlineData("![blue](attachment:blue.png)", "<p>blue</p>")]
    [InlineData("![](attachment:blue.png)", "<p>blue.png</p>")]
    [InlineData(
        "`<img src=\"attachment:red%20dot.png\">`",
        "<code>&lt;img src=&quot;attachment:red%20dot.png&quot;&gt;</code>"
    )]
    public void The_page_shows_them(string source, string html)
    {
        var document = IpynbFormat.Parse(Json);
        document.Cells[0].Source = source;
        Assert.Contains(html, NotebookPage.Render(document));
    }

    [Theory]
    [InlineData("image/svg+xml", "<svg/>", "data:image/svg+xml;base64,PHN2Zy8+")]
    [InlineData("image/svg+xml", "PHN2Zy8+", "data:image/svg+xml;base64,PHN2Zy8+")]
    [InlineData("image/jpeg", "AA==\n", "data:image/jpeg;base64,AA==")]
    [InlineData("image/png", "\" onload=\"x", null)]
    [InlineData("text/html", "PHN2Zy8+", null)]
    [InlineData("image/png\" x=\"", "AAAA", null)]
    public void Only_what_is_a_picture_is_shown(string type, string content, string? address)
    {
        var document = new NotebookDocument([
            new NotebookCell(CellLanguage.Markdown, "![p](attachment:p)")
            {
                Attachments = new JsonObject { ["p"] = new JsonObject { [type] = content } },
            },
        ]);
        var page = NotebookPage.Render(document);
        Assert.Contains(address is null ? "<p>p</p>" : $"<img src=\"{address}\" alt=\"p\" />", page);
    }
}
