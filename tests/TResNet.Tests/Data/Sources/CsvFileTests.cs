using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>The cases of RFC 4180, section 2.</summary>
public sealed class CsvFileTests
{
    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "1[a|b] 2[c|d]")]
    [InlineData("a,b\nc,d", "1[a|b] 2[c|d]")]
    [InlineData("a,,\n,\n", "1[a||] 2[|]")]
    [InlineData("\"a\",\"b\"\r\n", "1[a|b]")]
    [InlineData("\"a,b\",c\n", "1[a,b|c]")]
    [InlineData("\"say \"\"hello\"\"\",c\n", "1[say \"hello\"|c]")]
    [InlineData("\"two\nlines\",c\nd,e\n", "1[two\nlines|c] 3[d|e]")]
    [InlineData("\"\",a\n", "1[|a]")]
    [InlineData("a b , \"c\"\n", "1[a b | \"c\"]")]
    [InlineData("\n\na,b\n\n", "3[a|b]")]
    [InlineData("a,b\r\rc,d\r", "1[a|b] 3[c|d]")]
    [InlineData("", "")]
    public void Fields_are_what_the_quotes_and_commas_say(string text, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                CsvFile.Parse(text, "list.csv").Select(line => $"{line.Number}[{string.Join('|', line.Fields)}]")
            )
        );

    [Theory]
    [InlineData("a,b\n\"c,d\ne,f\n", "The quote that list.csv opens in line 2 is never closed; close it.")]
    [InlineData(
        "a,\"b\" c\n",
        "Line 1 of list.csv goes on after a closing quote; double the quotes that belong to the text."
    )]
    public void A_quote_out_of_place_gives_one_sentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<TResNetException>(() => CsvFile.Parse(text, "list.csv").ToList()).Message);

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_field()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("list.csv", "\uFEFFpath,labels\n");

        Assert.Equal("path", CsvFile.Read(path)[0].Fields[0]);
    }

    [Fact]
    public void Random_text_is_read_or_gives_one_sentence()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string(random.GetItems("a,\"\r\n;".AsSpan(), random.Next(20)));
            try
            {
                Assert.DoesNotContain(CsvFile.Parse(text, "list.csv"), line => line.Fields.Count == 0);
            }
            catch (TResNetException refusal)
            {
                Assert.Contains("quote", refusal.Message);
            }
        }
    }
}
