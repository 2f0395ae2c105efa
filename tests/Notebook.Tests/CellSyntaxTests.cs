using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Notebook.Language;
using Notebook.Outputs;
using Notebook.Runner;
using Notebook.Session;

namespace Notebook.Tests;

/// <summary>C# as people write and paste it at the top of a cell: it does what its author expects, or the error says what to write.</summary>
public sealed class CellSyntaxTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Theory]
    [InlineData("display(\"x\")")]
    [InlineData("Display(\"x\")")]
    [InlineData("\"x\".Display()")]
    [InlineData("\"x\".display()")]
    [InlineData("var shown = display(\"x\");\nshown")]
    [InlineData("await Task.FromResult(display(\"x\"))")]
    [InlineData("display(\"x\");")]
    public async Task What_is_displayed_is_shown_once(string cell) => Assert.Equal("display: x", await cells.Run(cell));

    [Theory]
    [InlineData("p with { X = 5 }", "5 2")]
    [InlineData("p with\n{\n    X = 5,\n}\n// the end", "5 2")]
    [InlineData("p with { }", "1 2")]
    [InlineData("p with { X = 5 } with { Y = 6 }", "5 6")]
    [InlineData("all[0] with { Y = 3 }", "1 3")]
    [InlineData("Same(p) with { Y = 3 }", "1 3")]
    [InlineData(
        "var q = p with { X = 7 };\nq with { Y = new[] { 8 }.Select(y => { while (y < 0) { } return y; }).First() }",
        "7 8"
    )]
    [InlineData("new Point(3, 4) with { Y = 5 }", "3 5")]
    public async Task A_cell_ends_in_a_with_expression(string cell, string point) =>
        Assert.Equal(
            $"result: {point}",
            await cells.Run(
                "record Point(int X, int Y);\nvar p = new Point(1, 2);\nvar all = new[] { p };\nPoint Same(Point p) => p;\n"
                    + "Microsoft.DotNet.Interactive.Formatting.Formatter.Register<Point>(p => $\"{p.X} {p.Y}\", \"text/plain\");",
                cell
            )
        );

    [Fact]
    public async Task The_place_of_an_error_in_a_with_expression_is_the_cells() =>
        Assert.StartsWith(
            "error CompilationError: (2,32): CS0103",
            await cells.Run("record P(int X);\nvar p = new P(1); p with { X = nothing }")
        );

    [Theory]
    [InlineData("file class Hidden { public int X => 3; }\nnew Hidden().X", "3")]
    [InlineData("file static class Twos { public static int Twice(this int x) => 2 * x; }\n4.Twice()", "8")]
    [InlineData("namespace Own { file class Hidden { public static int X => 3; } }\nOwn.Hidden.X", "3")]
    [InlineData(
        "global using System.Net.Mail;\nclass A;\n#!time\nstatic class E { public static int Twice(this int x) => 2 * x; }\n5.Twice()",
        "10"
    )]
    [InlineData(
        "partial class Q { public int A => 1; }\npartial class Q { public int B => 2; }\nnew Q().A + new Q().B",
        "3"
    )]
    [InlineData("#nullable enable\n#pragma warning disable CS0168\n#region a\nint unused; 1 + 1\n#endregion", "2")]
    [InlineData("static int a = 1; const int b = 2; static readonly int c = 3; a + b + c", "6")]
    [InlineData("unsafe { var x = 5; int* at = &x; Console.Write(*at); }\n1", "1")]
    [InlineData("var n = 0;\nagain:\nif (++n < 3) goto again;\nn", "3")]
    [InlineData("if (true) return \"early\";\n\"late\"", "early")]
    [InlineData(
        "async IAsyncEnumerable<int> Numbers() { yield return 1; await Task.Yield(); yield return 2; }\nvar sum = 0;\nawait foreach (var each in Numbers()) sum += each;\nsum",
        "3"
    )]
    [InlineData(
        "IEnumerable<int> Numbers() { for (var i = 0; ; i++) yield return i; }\nNumbers().First(x => x > 3)",
        "4"
    )]
    [InlineData("class Half { public int V { get; set => field = value / 2; } }\nnew Half { V = 8 }.V", "4")]
    [InlineData(
        "class Mark<T> : Attribute;\n[Mark<int>] class Marked;\ntypeof(Marked).GetCustomAttributes(false).Length",
        "1"
    )]
    [InlineData("#!/usr/bin/env dotnet\n7", "7")]
    public async Task It_means_what_it_means_in_a_program(string cell, string result) =>
        Assert.EndsWith($"result: {result}", (await cells.Run(cell)).Split("\ndisplay: Wall time")[0]);

    [Theory]
    [InlineData("using var x = new MemoryStream();")]
    [InlineData("await using var x = new MemoryStream();\nx")]
    [InlineData("p with { X = 1 }")]
    [InlineData("file class A { }")]
    public void A_front_end_is_told_that_it_is_complete(string cell) =>
        Assert.Equal(CompletenessStatus.Complete, cells.Host.Language.IsComplete(cell).Status);

    [Theory]
    [InlineData("using var x =")]
    [InlineData("using (var x = new MemoryStream()) {")]
    public void A_front_end_is_told_that_there_is_more_to_come(string cell) =>
        Assert.Equal(CompletenessStatus.Incomplete, cells.Host.Language.IsComplete(cell).Status);

    /// <summary>However a display is written in the last line, and whatever stands above it, it is shown once and is no result.</summary>
    [Property(MaxTest = 40)]
    public Property A_display_in_the_last_line_is_one_output() =>
        Prop.ForAll(
            (
                from above in Gen.Elements(
                    "",
                    "var a = 1;\n",
                    "using var s = new StringWriter();\n",
                    "#!time\n",
                    "// it's\n"
                )
                from value in Gen.Elements("1", "\"x\"", "new[] { 1 }", "null as string", "new { A = 1 }", "(1, 2)")
                from form in Gen.Elements(
                    "display({0})",
                    "Display({0})",
                    "({0}).Display()",
                    "({0}).display()",
                    "({0}).Display(\"text/plain\")"
                )
                from after in Gen.Elements("", " ", ";", " // end", "\n")
                select above + form.Replace("{0}", value) + after
            ).ToArbitrary(),
            cell =>
            {
                var error = cells.Run(cell).GetAwaiter().GetResult();
                Assert.True(cells.Result.Succeeded, error);
                var shown = cells.Outputs.Where(output => !Cells.Describe([output]).StartsWith("display: Wall time"));
                Assert.IsType<DisplayOutput>(Assert.Single(shown));
            }
        );

    /// <summary>However broken a cell is, what goes wrong is the compiler's or a sentence, at a place of the cell.</summary>
    [Property(MaxTest = 150)]
    public Property No_text_breaks_the_reading_of_cells() =>
        Prop.ForAll(
            Gen.Elements(Fragments).ListOf().Select(string.Concat).ToArbitrary(),
            cell =>
            {
                cells.Run(cell).GetAwaiter().GetResult();
                if (cells.Result.Error is not { } error)
                {
                    return;
                }

                Assert.Contains(error.Name, new[] { "CompilationError", "CommandException" });
                Assert.NotEmpty(error.Value);
                if (error.Name == "CompilationError")
                {
                    var line = int.Parse(error.Value[1..error.Value.IndexOf(',')]);
                    Assert.InRange(line, 1, cell.Split('\n').Length);
                }
            }
        );

    private static readonly string[] Fragments =
    [
        "using ",
        "var ",
        "x",
        "y",
        " = ",
        "new MemoryStream()",
        ";",
        "\n",
        "await ",
        "with ",
        "{ ",
        "}",
        "(",
        ")",
        "file ",
        "class A",
        "static ",
        "namespace N",
        "partial ",
        "ref ",
        "yield return ",
        "1",
        "\"",
        "\"\"\"",
        "/*",
        "*/",
        "//",
        "#if A\n",
        "#endif\n",
        "\n#!time\n",
        "\n#!html\n",
        "\n#r \"x",
        "=> ",
        "extension(int x)",
        "void Main()",
        "_",
        ",",
        "[",
        "]",
        "é",
        "😀",
        "\t",
        "%x",
        "!ls a",
        "<",
        ">",
        "args",
        "Span<int> s",
    ];

    [Fact]
    public async Task An_iterator_is_shown_as_its_elements() =>
        Assert.Equal(
            "result: [ 1, 2 ]",
            await cells.Run("IEnumerable<int> Numbers() { yield return 1; yield return 2; }\nNumbers()")
        );

    [Theory]
    [InlineData("yield return 3;", "A cell cannot yield: put the yield return into a function")]
    [InlineData(
        "var a = new[] { 1 };\nref int r = ref a[0];\nr = 2;",
        "(2,1): CS1003: A ref variable cannot live on in the session: put the lines"
    )]
    [InlineData(
        "ref var r = ref System.Runtime.CompilerServices.Unsafe.NullRef<int>();",
        "A ref variable cannot live on"
    )]
    [InlineData(
        "Span<int> s = stackalloc int[3];\ns.Length",
        "(1,1): CS8345: 'Span<int>' cannot be the type of a variable that lives on"
    )]
    [InlineData("args.Length", "A cell has no command line: declare it, as in string[] args = [];")]
    [InlineData("extern alias other;", "A cell takes no extern alias")]
    [InlineData("[assembly: System.Reflection.AssemblyTitle(\"x\")]\n1", "A cell takes no attributes of assemblies")]
    [InlineData(
        "extension(int x) { public int Twice => 2 * x; }",
        "Put the extension block into a class: static class Extensions"
    )]
    [InlineData(
        "namespace A;\nclass B;\nConsole.WriteLine();",
        "(3,9): CS0116: A namespace holds types alone: put the statements into a cell of their own"
    )]
    [InlineData("print(\"x\")", "C# has no print: write Console.WriteLine(...), or display(...).")]
    [InlineData("%matplotlib inline", "'%matplotlib' is a magic of IPython's: magics begin with #! here")]
    [InlineData("!pip install x", "'!pip install x' is IPython's way to run a program")]
    [InlineData("var x = 7\n% y;", "CS0103: The name 'y' does not exist")]
    [InlineData("!nothing", "CS0103: The name 'nothing' does not exist")]
    [InlineData("#:package Newtonsoft.Json@13.0.3", "write #r \"nuget: Newtonsoft.Json, 13.0.3\" in a cell.")]
    [InlineData("#:property LangVersion=preview", "means nothing in a cell: leave it out.")]
    public async Task What_a_cell_cannot_do_is_refused_with_what_to_write(string cell, string sentence) =>
        Assert.Contains(sentence, await cells.Run(cell));

    [Fact]
    public async Task A_ref_struct_of_a_class_is_the_compilers_own_matter() =>
        Assert.Contains("Field or auto-implemented property cannot be", await cells.Run("class A { Span<int> s; }"));

    [Theory]
    [InlineData(
        "class Program { static void Main(string[] args) { } }",
        "make it public and write Program.Main([]); below it."
    )]
    [InlineData(
        "namespace Hello { class Program { static async Task Main() { } } }",
        "make it public and write Hello.Program.Main(); below it."
    )]
    [InlineData("static void Main(string[] args) { }", "write Main([]); below it.")]
    public async Task A_pasted_Main_says_that_nobody_calls_it(string cell, string end) =>
        Assert.Equal($"stderr: warning: A cell starts no Main by itself: {end}\\n", await cells.Run(cell));

    [Fact]
    public async Task A_Main_that_is_called_says_nothing() =>
        Assert.Equal(
            "stdout: ran\\n",
            await cells.Run(
                "class Program { public static void Main(string[] args) { Console.WriteLine(\"ran\"); } }\nProgram.Main([]);"
            )
        );

    [Fact]
    public async Task A_part_of_a_partial_type_in_a_later_cell_is_said_to_be_a_type_of_its_own()
    {
        const string Note = "This R is a type of its own: the parts of a partial type have to stand in one cell.";
        await cells.Run("partial class R { public int A => 1; }");
        Assert.Contains(Note, await cells.Run("partial class R { public int B => A; }"));
        Assert.Equal("", await cells.Run("partial class R { public int A => 2; }"));
        Assert.Equal($"stderr: warning: {Note}\\n", await cells.Run("partial class R { public int B => 2; }"));
    }
}
