using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Formatting;

public sealed class StyleTests
{
    [Fact]
    public void Html_carries_the_rules_that_it_needs_and_no_others()
    {
        var html = Style.Wrap("<table class=\"tresnet-table\"><tr><td class=\"tresnet-number\">1</td></tr></table>");

        Assert.Contains(".tresnet table.tresnet-table .tresnet-number{text-align:right}", html);
        Assert.Contains(".tresnet p{", html);
        Assert.DoesNotContain("tresnet-card", html);
        Assert.DoesNotContain("tresnet-tree", html);
    }

    [Fact]
    public void A_rule_with_several_selectors_is_there_for_any_of_them()
    {
        Assert.Contains("table.tresnet-wide td{", Style.Wrap("<table class=\"tresnet-table tresnet-wide\">"));
    }
}
