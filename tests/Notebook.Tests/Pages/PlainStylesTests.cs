using Notebook.Pages.Sanitizing;

namespace Notebook.Tests.Pages;

/// <summary>Style sheets that stay as they are, for one place, and those that another parser has to read.</summary>
public sealed class PlainStylesTests
{
    [Theory]
    [InlineData(".a{color:red}", ":where(.p) .a{color:red}\n")]
    [InlineData("a , b > c{x:y}", ":where(.p) a,:where(.p) b > c{x:y}\n")]
    [InlineData(".g{display:grid;grid-template-columns:repeat(auto-fit,minmax(6em,1fr));--state:#079472}", null)]
    [InlineData("@media print{.a{b:c}}", "@media print{:where(.p) .a{b:c}\n}\n")]
    [InlineData("a::after{content:\"\\25BE\"}", ":where(.p) a::after{content:\"\\25BE\"}\n")]
    [InlineData("[x=','] b:is(c,d){e:f}", ":where(.p) [x=','] b:is(c,d){e:f}\n")]
    [InlineData("/* } */ a{b:c}", ":where(.p) a{b:c}\n")]
    [InlineData("a{b:'}'}", ":where(.p) a{b:'}'}\n")]
    [InlineData(".curl a,.urls{b:c}", ":where(.p) .curl a,:where(.p) .urls{b:c}\n")]
    [InlineData("[x='url(y)']{b:'src(@;)'}", ":where(.p) [x='url(y)']{b:'src(@;)'}\n")]
    [InlineData("@media(width>9px){a{b:c}}", "@media(width>9px){:where(.p) a{b:c}\n}\n")]
    public void A_plain_sheet_keeps_what_it_says_for_its_place(string sheet, string? scoped) =>
        Assert.Equal(scoped ?? $":where(.p) {sheet}\n", PlainStyles.Scoped(sheet, ":where(.p) "));

    [Theory]
    [InlineData("a{b:c}} body{display:none}")]
    [InlineData("a{b:c")]
    [InlineData("a{b:url({)}} body{display:none}")]
    [InlineData("a{b:u\\72l({)}} body{display:none}")]
    [InlineData("a{b:'\n}body{display:none}'}")]
    [InlineData("a{body:has(&){display:none}}")]
    [InlineData("a{b:c} /* never closed")]
    [InlineData("a{b:\"never closed}")]
    [InlineData("@import 'x.css';a{b:c}")]
    [InlineData("@media print{@media screen{a{b:c}}}")]
    [InlineData("@media print{a{b:c}")]
    [InlineData("@font-face{font-family:x}")]
    [InlineData("a{b:'</style><script>1</script>'}")]
    [InlineData("<!-- a{b:c} -->")]
    [InlineData("@media x; body{;*{display:none!important}}")]
    [InlineData("@media x;@import 'https://a/b.css';a{b:c}")]
    [InlineData("@media print{a;*{b:c}}")]
    [InlineData("@mediator{a{b:c}}")]
    [InlineData("a;b{c:d}")]
    [InlineData("{c:d}")]
    [InlineData("a{@layer b;c:d}")]
    [InlineData("a(,main{b:c}")]
    [InlineData("@media ({a{b:c}} ), x{a{b:c}}")]
    [InlineData("a{b:(}c{d:)}")]
    [InlineData("a{b:image-set('https://c/d.png' 1x)}")]
    [InlineData("a{b:src('https://c/d.png')}")]
    [InlineData("stray")]
    public void Whatever_a_browser_could_read_otherwise_is_no_plain_sheet(string sheet) =>
        Assert.Null(PlainStyles.Scoped(sheet, ":where(.p) "));
}
