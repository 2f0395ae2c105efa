using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Notebook.Language;
using Notebook.Magics;
using Notebook.Packages;

namespace Notebook.Tests;

/// <summary>A cell is split where the compiler's own lexer sees a directive, and nowhere else.</summary>
public sealed class CellSplitterTests
{
    // What hides the line in its middle from the lexer.
    private static readonly (string Before, string After)[] Hiding =
    [
        ("/*", "*/"),
        ("/**", "*/"),
        ("var s = @\"", "\";"),
        ("var s = $@\"", "\";"),
        ("var s = \"\"\"", "\"\"\";"),
        ("var s = $$\"\"\"", "\"\"\";"),
        ("var s = \"\"\"\"\n\"\"\"", "\"\"\"\";"),
        ("#if NEVER", "#endif"),
        ("#if DEBUG\n#else", "#endif"),
        ("#if false\n#if true", "#endif\n#endif"),
    ];

    private static readonly string[] Directives =
    [
        "#!html",
        "  #!csharp",
        "#!time",
        "#!nosuchmagic --x \"",
        "#r \"nuget: Nope.Nope\"",
        "#i \"nuget:nowhere\"",
        "#load \"nope.csx\"",
    ];

    public static TheoryData<string, string, string> Hidden()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (before, after) in Hiding)
        {
            foreach (var directive in Directives)
            {
                data.Add(before, directive, after);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public void What_the_lexer_does_not_see_is_no_directive(string before, string directive, string after)
    {
        var cell = $"{before}\n{directive}\n{after}\nvar last = 1;";
        var segment = Assert.Single(CellSplitter.Split(cell));
        Assert.Equal(SegmentKind.CSharp, segment.Kind);
        var (_, found) = ReferenceDirectives.TakeFrom(segment.Text);
        Assert.True(found.IsEmpty);
        Assert.All(CellSplitter.KindsOfLines(cell), kind => Assert.Equal(SegmentKind.CSharp, kind));
    }

    [Theory]
    [InlineData("// it's\n#!time\n1")]
    [InlineData("var s = \"open\n#!time\n1")]
    [InlineData("var s = \"\"; /* closed */\n#!time\n1")]
    [InlineData("var s = $\"{1}\";\n  #!time\n1")]
    [InlineData("#if DEBUG\n#!time\n#endif\n1")]
    [InlineData("'\n#!time /* \"\"\"\n1")]
    [InlineData("#!html\n/* \"\"\" it's\n#!csharp\n#!time\n1")]
    public void What_the_lexer_sees_is_one(string cell) =>
        Assert.Contains(CellSplitter.Split(cell), segment => segment.Kind == SegmentKind.Magic);

    [Fact]
    public void Each_part_keeps_the_conditions_around_it()
    {
        var parts = CellSplitter.Split("#nullable enable\n#if DEBUG\nvar a = 1;\n#!time\nvar b = 2;\n#endif").ToList();
        Assert.Equal(
            [
                "#nullable enable\n#if DEBUG\nvar a = 1;\n\n\n#endif",
                "time",
                "#nullable enable\n#if DEBUG\n\n\nvar b = 2;\n#endif",
            ],
            parts.Select(part => part.Text)
        );
    }

    /// <summary>Whatever a cell is made of, every line of it is in one part, or selects a language, or is left out by the compiler.</summary>
    [Property(MaxTest = 500)]
    public Property The_parts_of_a_cell_are_the_cell() =>
        Prop.ForAll(
            CellText(),
            text =>
            {
                var lines = CellSplitter.Lines(text);
                var kinds = CellSplitter.KindsOfLines(string.Join('\n', lines));
                var covered = new string?[lines.Length];
                foreach (var segment in CellSplitter.Split(text))
                {
                    var own = segment.Text.Split('\n');
                    var from = segment.Line - 1;
                    for (var at = from; at < lines.Length && kinds[at] == segment.Kind; at++)
                    {
                        covered[at] = segment.Kind switch
                        {
                            SegmentKind.Magic => "#!" + segment.Text,
                            SegmentKind.CSharp => own[at],
                            _ => own[at - from],
                        };
                        if (segment.Kind == SegmentKind.Magic)
                        {
                            break;
                        }
                    }
                }

                for (var at = 0; at < lines.Length; at++)
                {
                    var isSelector =
                        kinds[at] == SegmentKind.Magic
                        && CellSplitter.SelectorNames.Contains(
                            CellSplitter.MagicName(lines[at])!,
                            StringComparer.OrdinalIgnoreCase
                        );
                    var isMagicLine = lines[at].TrimStart().StartsWith("#!", StringComparison.Ordinal);
                    var expected = kinds[at] == SegmentKind.Magic ? lines[at].Trim() : lines[at];
                    Assert.True(
                        covered[at] == expected
                            || string.IsNullOrWhiteSpace(lines[at])
                            || isSelector
                            || kinds[at] == SegmentKind.CSharp && string.IsNullOrEmpty(covered[at]) && isMagicLine,
                        $"line {at + 1}, {lines[at]}, is {covered[at]} in\n{text}"
                    );
                }
            }
        );

    /// <summary>A magic between statements is one, whatever complete C# stands before it.</summary>
    [Property(MaxTest = 200)]
    public Property A_magic_is_found_after_any_statements() =>
        Prop.ForAll(
            Gen.Elements(Statements).ListOf().Select(all => string.Join('\n', all)).ToArbitrary(),
            before =>
            {
                var kinds = CellSplitter.KindsOfLines($"{before}\n#!time\nvar last = 1;");
                Assert.Equal(SegmentKind.Magic, kinds[^2]);
                Assert.Single(kinds, kind => kind == SegmentKind.Magic);
            }
        );

    // Each whole by itself, with what looks like a magic in it.
    private static readonly string[] Statements =
    [
        "var a = 1;",
        "// it's \"\"\" /*",
        "/* \"\n#!html\n*/",
        "var b = \"\"\"\n#!html\n\"\"\";",
        "var c = @\"\n#!time\n\"\"\";\n\";",
        "var d = '\"';",
        "var e = $\"{\"#!time\"}\";",
        "#if NEVER\n#!csharp\n\"\"\"\n#endif",
        "void F() { }",
    ];

    private static Arbitrary<string> CellText() =>
        Gen.OneOf(
                Gen.Elements(Directives),
                Gen.Elements(Statements),
                Gen.Elements(Hiding.SelectMany(each => new[] { each.Before, each.After }).ToArray()),
                Gen.Elements("", "<b>it's</b>", "#!md", "#!js", "#!c#", "# Title", "\"", "'", "#!", "#!/usr/bin/x")
            )
            .ListOf()
            .Select(all => string.Join('\n', all))
            .ToArbitrary();
}
