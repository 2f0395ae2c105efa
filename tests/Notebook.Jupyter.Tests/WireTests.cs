using System.Text;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Tests;

public sealed class WireTests
{
    private const string Key = "secret";
    private static readonly byte[] Parent = """{"msg_id":"1","msg_type":"execute_request","session":"s"}"""u8.ToArray();

    private readonly MessageFormat format = new(new Signer(Key));

    [Fact]
    public void The_signature_is_that_of_RFC_4231()
    {
        // Test case 2, its data cut into four parts.
        byte[][] parts = [.. new[] { "what do ", "ya want ", "for ", "nothing?" }.Select(Encoding.ASCII.GetBytes)];
        Assert.Equal(
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            Encoding.ASCII.GetString(new Signer("Jefe").Sign(parts))
        );
    }

    [Fact]
    public void Without_a_key_nothing_is_signed_and_everything_accepted()
    {
        var signer = new Signer("");
        Assert.Empty(signer.Sign([Parent]));
        Assert.True(signer.Verify("anything"u8.ToArray(), [Parent]));
    }

    [Fact]
    public void A_message_comes_out_as_it_went_in()
    {
        var frames = Sent("héllo \U0001F600");
        Assert.True(format.TryDecode(frames, out var message, out var reason), reason);
        Assert.Equal("stream", message.Header.MsgType);
        Assert.Equal(format.Session, message.Header.Session);
        Assert.Equal("5.5", message.Header.Version);
        Assert.Equal("1", message.ParentHeader.GetProperty("msg_id").GetString());
        Assert.Equal("héllo \U0001F600", message.Content.GetProperty("text").GetString());
        Assert.Equal(["who"u8.ToArray(), [0, 1, 2]], message.Identities);
        Assert.Equal(
            [
                [7, 8],
            ],
            message.Buffers
        );
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_break_the_JSON()
    {
        Assert.True(format.TryDecode(Sent("broken \ud83d"), out var message, out _));
        Assert.Equal("broken \ufffd", message.Content.GetProperty("text").GetString());
    }

    [Fact]
    public void Changing_any_signed_part_is_noticed()
    {
        foreach (var part in Enumerable.Range(3, 5))
        {
            var frames = Sent("text");
            frames[part] = [.. frames[part][..^1], (byte)(frames[part][^1] ^ 1)];
            Assert.False(format.TryDecode(frames, out _, out var reason));
            Assert.Equal("its signature is wrong", reason);
        }
    }

    [Fact]
    public void A_message_signed_with_another_key_is_refused()
    {
        var other = new MessageFormat(new Signer("guess"));
        Assert.False(format.TryDecode(other.Encode([], "x", Parent, StatusOnly.Ok), out _, out var reason));
        Assert.Equal("its signature is wrong", reason);
    }

    [Fact]
    public void A_recorded_message_is_refused_the_second_time()
    {
        var frames = Sent("text");
        Assert.True(format.TryDecode(frames, out _, out _));
        Assert.False(format.TryDecode(frames, out _, out var reason));
        Assert.Equal("its signature was seen before", reason);
    }

    [Fact]
    public void A_message_cut_short_is_refused_at_every_length()
    {
        var frames = Sent("text");
        for (var length = 0; length < frames.Count - 1; length++)
        {
            Assert.False(format.TryDecode(frames[..length], out _, out var reason));
            Assert.Equal(length < 3 ? "it has no <IDS|MSG> frame" : "it is cut short", reason);
        }
    }

    [Theory]
    [InlineData("[]", "{}")]
    [InlineData("null", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"msg_id":1,"msg_type":"x","session":"s"}""", "{}")]
    [InlineData("""{"msg_id":null,"msg_type":"x","session":"s"}""", "{}")]
    [InlineData("""{"msg_id":"1","msg_type":"x","session":"s"}""", "")]
    [InlineData("""{"msg_id":"1","msg_type":"x","session":"s"}""", "[1]")]
    [InlineData("""{"msg_id":"1","msg_type":"x","session":"s"}""", "{\"a\":")]
    public void Signed_frames_that_are_no_message_are_refused(string header, string content)
    {
        byte[][] parts = [.. new[] { header, "{}", "{}", content }.Select(Encoding.UTF8.GetBytes)];
        var frames = new List<byte[]> { "<IDS|MSG>"u8.ToArray(), new Signer(Key).Sign(parts) };
        Assert.False(format.TryDecode([.. frames, .. parts], out var message, out var reason));
        Assert.Null(message);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_document_nested_a_thousand_deep_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000);
        byte[][] parts = [Parent, "{}"u8.ToArray(), "{}"u8.ToArray(), Encoding.ASCII.GetBytes(deep)];
        Assert.False(format.TryDecode(["<IDS|MSG>"u8.ToArray(), new Signer(Key).Sign(parts), .. parts], out _, out _));
    }

    private List<byte[]> Sent(string text) =>
        format.Encode(
            ["who"u8.ToArray(), [0, 1, 2]],
            "stream",
            Parent,
            new StreamText("stdout", text),
            buffers:
            [
                [7, 8],
            ]
        );
}
