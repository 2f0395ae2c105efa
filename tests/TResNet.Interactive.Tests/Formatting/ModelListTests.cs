using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>The list of networks, and what its texts become in HTML.</summary>
public sealed class ModelListTests
{
    [Fact]
    public void The_list_of_all_networks_shows_the_first_family_and_folds_the_rest()
    {
        var infos = Models.List();
        var view = ModelViews.Of(infos);
        var parts = view.ToHtml().Split("<details class=\"tresnet-rest\">");

        Assert.Equal(2, parts.Length);
        Assert.Equal(Models.List("tresnet*").Count, Rows(parts[0]));
        Assert.Equal(infos.Count, Rows(parts[0]) + Rows(parts[1]));
        Assert.Contains($"<summary>Show {infos.Count - Rows(parts[0])} more: ResNet, ", parts[1]);
        Assert.Equal(2, view.ToHtml().Split("<thead ").Length - 1);
        Assert.Single(view.ToHtml().Split("class=\"tresnet-note\"")[1..]);
        Assert.All(infos, info => Assert.Contains($"\n{info.Name} ", view.ToString()));
    }

    [Fact]
    public void A_short_list_is_shown_whole() =>
        Assert.DoesNotContain("<details", ModelViews.Of(Models.List("*resnet*50*")).ToHtml());

    [Theory]
    [InlineData(
        "See https://arxiv.org/abs/1512.03385, figure 2.",
        "See <a href=\"https://arxiv.org/abs/1512.03385\">https://arxiv.org/abs/1512.03385</a>, figure 2."
    )]
    [InlineData("(http://a.org/b?c=1&d=2)", "(<a href=\"http://a.org/b?c=1&amp;d=2\">http://a.org/b?c=1&amp;d=2</a>)")]
    [InlineData("<a href=\"https://a.org\">", "&lt;a href=&quot;<a href=\"https://a.org\">https://a.org</a>&quot;&gt;")]
    [InlineData("javascript:alert(1) https://", "javascript:alert(1) https://")]
    public void Addresses_in_a_text_are_links(string text, string html) => Assert.Equal(html, DisplayText.Linked(text));

    private static int Rows(string html) => html.Split("<tr><td").Length - 1;
}
