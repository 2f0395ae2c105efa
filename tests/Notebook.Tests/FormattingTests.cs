using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Outputs;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>Formatters as their authors write them for .NET Interactive.</summary>
public sealed class FormattingTests : IDisposable
{
    private readonly Cells cells = new();

    public FormattingTests() => cells.Host.AddReference(typeof(FormattingTests).Assembly, "Notebook.Tests");

    public void Dispose() => cells.Dispose();

    private MimeBundle Result => Assert.IsType<ResultOutput>(cells.Outputs[^1]).Data;

    [Fact]
    public async Task A_value_has_html_and_plain_text()
    {
        await cells.Run("new[] { 1, 2 }");
        Assert.Equal(["text/html", "text/plain"], Result.Types);
    }

    [Fact]
    public async Task A_string_is_plain_text()
    {
        await cells.Run("\"a < b\"");
        Assert.Equal(["text/plain"], Result.Types);
        Assert.Equal("a < b", Result["text/plain"]);
    }

    [Fact]
    public async Task Every_type_that_has_a_formatter_is_there()
    {
        Formatter.Register<Gauge>(gauge => $"<svg><title>{gauge.Value}</title></svg>", "image/svg+xml");
        Formatter.Register<Gauge>(gauge => $$"""{"data":[{{gauge.Value}}]}""", "application/vnd.plotly.v1+json");
        Formatter.Register<Gauge>((gauge, writer) => writer.Write($"gauge at {gauge.Value}"));
        await cells.Run("new Gauge(3)");
        Assert.Equal(
            ["application/vnd.plotly.v1+json", "image/svg+xml", "text/html", "text/plain"],
            Result.Types.Order()
        );
        Assert.Equal("gauge at 3", Result["text/plain"]);
        Assert.Equal("""{"data":[3]}""", Result.ToJson()["application/vnd.plotly.v1+json"]!.ToJsonString());
    }

    [Fact]
    public async Task A_tree_of_megabytes_is_shown_less_deep_with_a_note()
    {
        await cells.Run(
            """
            public class Node(int depth)
            {
                public int Depth => depth;
                public List<Node> Below => depth < 6 ? Enumerable.Range(0, 20).Select(_ => new Node(depth + 1)).ToList() : [];
            }
            new Node(0)
            """
        );

        Assert.InRange(Result["text/html"].Length, 1000, 257 << 10);
        Assert.InRange(Result["text/plain"].Length, 500, 65 << 10);
        Assert.Matches(
            "This object is [0-9,]+ KB as HTML: [1-5] of 6 levels of it are shown. Show a part of it",
            Result["text/html"]
        );
        Assert.Matches("as text: [1-5] of 6 levels of it are shown", Result["text/plain"]);

        // A long text in an object has no levels to leave out.
        await cells.Run("new { Text = new string('x', 2_000_000) }");
        Assert.InRange(Result["text/html"].Length, 1000, 257 << 10);
        Assert.Contains("its beginning is shown", Result["text/html"]);

        // What is HTML already is no tree.
        await cells.Run("HTML($\"<img src='data:,{new string('x', 300_000)}'>\")");
        var large = cells.Outputs.OfType<DisplayOutput>().Select(output => output.Data).Append(Result).Last();
        Assert.InRange(large["text/html"].Length, 300_000, 301_000);

        // Whoever wants more says so, and a formatter of one's own is asked for what it gives.
        await cells.Run(
            """
            using Microsoft.DotNet.Interactive.Formatting;
            Formatter.ListExpansionLimit = 100_000;
            Enumerable.Range(0, 60_000)
            """
        );
        Assert.InRange(Result["text/html"].Length, 300 << 10, int.MaxValue);
        await cells.Run(
            "Formatter.ListExpansionLimit = 20; Formatter.Register<Node>(_ => new string('n', 1_000_000), \"text/html\"); new Node(0)"
        );
        Assert.Equal(1_000_000, Result["text/html"].Length);
    }

    [Fact]
    public async Task The_attribute_names_a_source_of_formatters()
    {
        await cells.Run("new Thermometer(21)");
        Assert.Equal("<b>21 °C</b>", Result["text/html"]);
    }

    [Fact]
    public async Task A_formatter_registered_in_a_cell_is_used_from_then_on()
    {
        await cells.Run(
            "record Money(decimal Amount);",
            "Formatter.Register<Money>(money => $\"<i>{money.Amount:0.00}</i>\", \"text/html\");",
            "new Money(2.5m)"
        );
        Assert.Equal("<i>2.50</i>", Result["text/html"]);
    }

    [Fact]
    public async Task Html_content_is_html()
    {
        await cells.Run("new Microsoft.AspNetCore.Html.HtmlString(\"<hr>\")");
        Assert.Equal("<hr>", Result["text/html"]);
    }

    [Fact]
    public async Task Display_takes_the_forms_to_show()
    {
        await cells.Run("new[] { 1 }.Display(\"application/json\");");
        var display = Assert.IsType<DisplayOutput>(Assert.Single(cells.Outputs));
        Assert.Equal(["application/json", "text/plain"], display.Data.Types);
    }

    [Fact]
    public async Task A_formatter_that_throws_fails_the_cell_with_its_message()
    {
        Formatter.Register<Broken>(_ => throw new InvalidOperationException("This gauge is broken."), "text/html");
        Assert.Contains("This gauge is broken.", await cells.Run("new Broken()"));
        Assert.False(cells.Result.Succeeded);
    }
}

public sealed record Gauge(int Value);

public sealed record Broken;

[TypeFormatterSource(typeof(ThermometerFormatters))]
public sealed record Thermometer(int Celsius);

public sealed class ThermometerFormatters : ITypeFormatterSource
{
    public IEnumerable<ITypeFormatter> CreateTypeFormatters() =>
        [
            new HtmlFormatter<Thermometer>(
                (value, context) =>
                {
                    context.Writer.Write($"<b>{value.Celsius} °C</b>");
                    return true;
                }
            ),
        ];
}
