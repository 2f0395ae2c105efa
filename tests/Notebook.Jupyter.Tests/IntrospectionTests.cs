using System.Text.Json.Nodes;
using Notebook.Jupyter.Protocol;
using Notebook.Tests;

namespace Notebook.Jupyter.Tests;

/// <summary>Tab, tooltips and Enter as a front end asks for them.</summary>
public sealed class IntrospectionTests : IDisposable
{
    private readonly RunningKernel kernel = new(new PaintExtension());

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void Matches_come_with_their_kind_and_the_text_that_they_replace()
    {
        var reply = Client.Ask("complete_request", At("#!paint --shade |", 16));
        Assert.Equal("complete_reply", reply.Type);
        Assert.Equal(
            """
            {"matches":["Dark","Light"],"cursor_start":16,"cursor_end":16,"metadata":{"_jupyter_types_experimental":[{"start":16,"end":16,"text":"Dark","type":"value"},{"start":16,"end":16,"text":"Light","type":"value"}]},"status":"ok"}
            """,
            reply.Content.ToJsonString()
        );
    }

    [Fact]
    public void Cursors_count_code_points()
    {
        // Each of the two faces is one code point and two UTF-16 units.
        const string Cell = "// \U0001F600\U0001F600\n#!paint --co";
        var content = Client.Ask("complete_request", At(Cell, Cell.Length - 2)).Content;
        Assert.Equal(["--colour"], content["matches"]!.AsArray().Select(match => (string?)match));
        Assert.Equal((Cell.Length - 6, Cell.Length - 2), ((int)content["cursor_start"]!, (int)content["cursor_end"]!));
    }

    [Theory]
    [InlineData("a\U0001F600b", 0, 0)]
    [InlineData("a\U0001F600b", 1, 1)]
    [InlineData("a\U0001F600b", 2, 3)]
    [InlineData("a\U0001F600b", 3, 4)]
    [InlineData("a\U0001F600b", 99, 4)]
    [InlineData("a\U0001F600b", -1, 0)]
    [InlineData("\ud83d", 1, 1)]
    public void A_code_point_s_position_in_the_text(string text, int codePoints, int utf16)
    {
        Assert.Equal(utf16, CodePoints.ToUtf16(text, codePoints));
        Assert.Equal(Math.Clamp(codePoints, 0, text.EnumerateRunes().Count()), CodePoints.FromUtf16(text, utf16));
    }

    [Fact]
    public void Nothing_to_complete_is_an_empty_list_at_the_cursor()
    {
        var content = Client.Ask("complete_request", At("#!markdown\ntext", 13)).Content;
        Assert.Empty(content["matches"]!.AsArray());
        Assert.Equal((13, 13), ((int)content["cursor_start"]!, (int)content["cursor_end"]!));
    }

    [Fact]
    public void A_tooltip_is_Markdown_and_plain_text()
    {
        var content = Client.Ask("inspect_request", At("#!paint --colour red", 10)).Content;
        Assert.True((bool)content["found"]!);
        Assert.StartsWith("**--colour** *name*", (string?)content["data"]!["text/markdown"]);
        Assert.StartsWith("--colour name\nThe colour.", (string?)content["data"]!["text/plain"]);
    }

    [Fact]
    public void Where_there_is_nothing_to_say_nothing_is_found() =>
        Assert.Equal(
            """{"found":false,"data":{},"metadata":{},"status":"ok"}""",
            Client.Ask("inspect_request", At("#!no-such-magic", 4)).Content.ToJsonString()
        );

    private static JsonObject At(string code, int cursor) => new() { ["code"] = code, ["cursor_pos"] = cursor };
}
