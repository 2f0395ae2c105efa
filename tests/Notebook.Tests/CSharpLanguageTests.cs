using Notebook.Language;
using Notebook.Session;

namespace Notebook.Tests;

/// <summary>Tab and tooltips in C#: what earlier cells left, what the types have, what their comments say. A bar marks the cursor.</summary>
public sealed class CSharpLanguageTests : IDisposable
{
    private readonly NotebookHost host = new([]);

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("\"abc\".ToUp|", "ToUpper", "method")]
    [InlineData("var now = DateTime.Now; now.Yea|", "Year", "property")]
    [InlineData("DateTime.MaxV|", "MaxValue", "field")]
    [InlineData("DayOfWeek.Sa|", "Saturday", "enum member")]
    [InlineData("new[] { 1, 2 }.Sel|", "Select", "method")]
    [InlineData("string text = null; text?.Leng|", "Length", "property")]
    [InlineData("System.Collections.Gen|", "Generic", "namespace")]
    [InlineData("using System.Net.Ht|", "Http", "namespace")]
    [InlineData("using static System.Ma|", "Math", "class")]
    [InlineData("var x = new StringBu|", "StringBuilder", "class")]
    [InlineData("void F(int lengthy) { Console.WriteLine(leng|", "lengthy", "parameter")]
    [InlineData("foreach (var item in items) { it| }", "item", "variable")]
    [InlineData("var s = $\"{Math.Ma|}\";", "Max", "method")]
    [InlineData("awa|", "await", "keyword")]
    [InlineData("Disp|", "Display", "method")]
    [InlineData("Cancell|", "Cancellation", "property")]
    [InlineData("string.Join(sep|", "separator: ", "parameter")]
    [InlineData("new UriBuilder { Ho| }", "Host", "property")]
    [InlineData("\"abc\".SW|", "StartsWith", "method")]
    [InlineData("Console.|\nvar y = 1;", "WriteLine", "method")]
    [InlineData("if (DateTime.Now.Ho|", "Hour", "property")]
    public void A_word_is_completed(string code, string text, string kind) =>
        Assert.Contains(new CompletionEntry(text.TrimEnd(' '), text, kind), Complete(code).Items);

    [Theory]
    [InlineData("var nam|")]
    [InlineData("// a comm|")]
    [InlineData("\"a str|\"")]
    [InlineData("\"abc\".NoSuchThing.Len|")]
    [InlineData("Console.WriteLine(\"x\").Len|")]
    [InlineData("'a|")]
    public void Nothing_is_completed_where_nothing_is_known(string code) => Assert.Empty(Complete(code).Items);

    [Fact]
    public async Task What_earlier_cells_left_is_known_best_first()
    {
        await Run("var prices = new Dictionary<string, double>(); record Price(string Of, double Euros);");
        await Run("string PriceOf(string name) => name; var price = new Price(\"tea\", 2);");
        await Run("var prices = new List<Price> { price };");

        Assert.Equal(["price", "prices", "private", "PriceOf"], Labels("pri|").Take(4));
        Assert.Contains("Euros", Labels("prices[0].|"));
        Assert.Contains("Euros", Labels("prices.Max(p => p.Eu|"));
        Assert.DoesNotContain("Keys", Labels("prices.|"));
        Assert.DoesNotContain("MemberwiseClone", Labels("prices.|"));
    }

    [Fact]
    public async Task Usings_of_earlier_cells_are_known()
    {
        await Run("using System.Numerics;");

        Assert.Contains("Vector3", Labels("Vecto|"));
    }

    [Fact]
    public void A_variable_of_a_magic_is_known_before_the_next_cell_runs()
    {
        host.SetVariable("measured", new Uri("https://example.org/a"));

        Assert.Contains("measured", Labels("meas|"));
        Assert.Contains("Host", Labels("measured.|"));
    }

    [Fact]
    public async Task A_running_cell_does_not_hold_up_completion()
    {
        using var stop = new CancellationTokenSource();
        await Run("var before = 1;");
        var running = host.ExecuteAsync("await Task.Delay(60000, Cancellation);", _ => { }, stop.Token);

        Assert.Contains("before", Labels("befo|"));

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void A_path_is_completed_in_a_string_and_after_a_reference()
    {
        var folder = Directory.CreateTempSubdirectory("paths").FullName;
        File.WriteAllText(Path.Combine(folder, "library.dll"), "");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "");

        Assert.Contains(
            Path.Combine(folder, "notes.txt"),
            Complete($"File.ReadAllText(\"{folder}/no|\")").Items.Select(e => e.Text)
        );
        Assert.Contains(Path.Combine(folder, "library.dll"), Complete($"#r \"{folder}/li|").Items.Select(e => e.Text));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_word_from_its_beginning_to_the_cursor_is_replaced()
    {
        var (code, position) = At("var text = \"\"; text.Le|n");

        var list = host.Language.Complete(code, position);

        Assert.Equal("Le", code[list.Start..list.End]);
        Assert.Equal("Length", Assert.Single(list.Items, e => e.Label == "Length").Text);
    }

    [Fact]
    public void A_keyword_as_a_name_is_escaped()
    {
        Assert.Equal("@event", Complete("void F(int @event) { eve| }").Items.First(e => e.Kind == "parameter").Text);
    }

    [Theory]
    [InlineData("Math.Ma|x(1, 2)", "```csharp\nint Math.Max(int val1, int val2)\n```")]
    [InlineData("Str|ing.Empty", "class string")]
    [InlineData("int.MaxVal|ue", "int int.MaxValue = 2147483647")]
    [InlineData("var x = 5; x|", "(variable) int x")]
    [InlineData("string.Join(|\", \", new[] { 1 })", "string.Join")]
    public void A_name_is_explained(string code, string start) =>
        Assert.Contains(start, Inspect(code)!, StringComparison.Ordinal);

    [Fact]
    public async Task A_comment_is_shown_as_Markdown()
    {
        await Run(
            """
            /// <summary>Doubles <paramref name="number"/>, as <see cref="System.Math.Pow(double, double)"/> would.</summary>
            /// <param name="number">Any number.</param>
            /// <remarks>Only once.</remarks>
            int Twice(int number) => 2 * number;
            """
        );

        Assert.Equal(
            "```csharp\nint Twice(int number)\n```\n\nDoubles `number`, as `Math.Pow` would.\n\n**Parameters**\n\n- `number`: Any number.",
            Inspect("Tw|ice(4)")
        );
        Assert.Contains("**Remarks** Only once.", Inspect("Tw|ice(4)", detail: 1));
    }

    [Fact]
    public void Libraries_and_the_framework_explain_themselves()
    {
        Assert.Contains("Shows a value below the running cell.", Inspect("Dis|play(1)"));
        Assert.Contains("lowercase", Inspect("\"A\".ToLower|()"));
        Assert.Contains("overloads*", Inspect("Console.Write|Line()"));
    }

    [Theory]
    [InlineData("|")]
    [InlineData("1 + | 2")]
    [InlineData("nothing|")]
    public void What_is_no_name_has_no_explanation(string code) => Assert.Null(Inspect(code));

    [Fact]
    public async Task Text_that_makes_no_sense_is_survived()
    {
        await Run("var a = 1;");
        string[] parts =
        [
            "a",
            ".",
            "(",
            ")",
            "{",
            "}",
            "\"",
            "'",
            "new ",
            "#r \"",
            "$\"{",
            "//",
            "\n",
            "=>",
            "<",
            ">",
            "var ",
            "?.",
            "[",
            "]",
            "@",
            "\\",
            "é",
            "😀",
        ];
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var code = string.Concat(
                Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)])
            );
            var position = random.Next(code.Length + 1);

            var list = host.Language.Complete(code, position);
            host.Language.Inspect(code, position, 1);
            host.Language.IsComplete(code);

            Assert.InRange(list.Start, 0, list.End);
            Assert.InRange(list.End, list.Start, code.Length);
        }
    }

    private async Task Run(string cell) => Assert.Null((await host.ExecuteAsync(cell, _ => { })).Error);

    private CompletionList Complete(string marked)
    {
        var (code, position) = At(marked);
        return host.Language.Complete(code, position);
    }

    private IEnumerable<string> Labels(string marked) => Complete(marked).Items.Select(entry => entry.Label);

    private string? Inspect(string marked, int detail = 0)
    {
        var (code, position) = At(marked);
        return host.Language.Inspect(code, position, detail);
    }

    private static (string Code, int Position) At(string marked) =>
        (marked.Remove(marked.IndexOf('|'), 1), marked.IndexOf('|'));
}
