using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Notebook.Documents;

namespace Notebook.Tests;

/// <summary>Whatever a notebook holds, it goes through both formats and back.</summary>
public sealed class DocumentPropertyTests
{
    private static readonly string[] Lines =
    [
        "var x = 1;",
        "",
        "  indented",
        "#!csharp",
        "#!html",
        "#!md ",
        "#!meta",
        "#!python",
        "#!time",
        "# Title",
        "\"\"\"",
        "```",
        "tab\tand \u00fcnic\u00f6de \ud83d\ude00 \f \u2028",
        "{\"kernelInfo\":{}}",
        "![p](attachment:p.png)",
    ];

    private static readonly string[] Languages = ["csharp", "markdown", "raw", "html", "python", "fsharp", "mermaid"];

    [Property(MaxTest = 100)]
    public Property From_ipynb_to_dib_and_back_nothing_of_a_cell_is_lost() =>
        Prop.ForAll(
            Document().ToArbitrary(),
            document =>
            {
                var ipynb = IpynbFormat.Parse(IpynbFormat.Write(document));
                var dib = DibFormat.Write(ipynb);
                var read = DibFormat.Parse(dib);
                Assert.Equal(dib, DibFormat.Write(read));
                var back = IpynbFormat.Parse(IpynbFormat.Write(read));
                Assert.Equal(ipynb.Cells.Select(Describe), back.Cells.Select(Describe));
            }
        );

    [Property(MaxTest = 300)]
    public Property What_was_read_and_not_changed_is_written_as_it_was() =>
        Prop.ForAll(
            Gen.Elements(Lines).ListOf().Select(lines => string.Join('\n', lines)).ToArbitrary(),
            text => Try(() => Assert.Equal(text, DibFormat.Write(DibFormat.Parse(text))))
        );

    [Property(MaxTest = 300)]
    public Property No_text_breaks_the_readers() =>
        Prop.ForAll(
            ArbMap
                .Default.GeneratorFor<NonNull<string>>()
                .Select(text => text.Get)
                .Or(Gen.Elements(Json).ListOf().Select(string.Concat))
                .ToArbitrary(),
            text =>
            {
                Try(() => DibFormat.Write(DibFormat.Parse(text)));
                Try(() => IpynbFormat.Write(IpynbFormat.Parse(text)));
                Try(() => DibFormat.Write(IpynbFormat.Parse($$"""{"nbformat":4,"metadata":{{text}},"cells":[]}""")));
                Try(() =>
                    DibFormat.Write(
                        IpynbFormat.Parse($$"""{"nbformat":4,"cells":[{"cell_type":"code","metadata":{{text}}}]}""")
                    )
                );
            }
        );

    // Pieces that make JSON now and then.
    private static readonly string[] Json =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"nbformat\":4,",
        "\"cells\":",
        "\"metadata\":{}",
        "\"kernelInfo\":",
        "\"items\":",
        "\"name\":",
        "\"x\"",
        "3",
        "null",
        "\"tags\":[\"a\"]",
        "\"jupyter\":",
        "\"polyglot_notebook\":",
        "#!meta\n",
    ];

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (CommandException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    // Blank lines around a cell's text are the .dib's own; an id that follows from the text need not be the same.
    private static string Describe(NotebookCell cell) =>
        string.Join(
            "|",
            cell.Language,
            string.Join(
                '\n',
                cell.Source.Split('\n')
                    .SkipWhile(string.IsNullOrWhiteSpace)
                    .Reverse()
                    .SkipWhile(string.IsNullOrWhiteSpace)
                    .Reverse()
            ),
            cell.Metadata.ToJsonString(),
            cell.Attachments.ToJsonString()
        );

    private static Gen<NotebookDocument> Document() => Cell().ListOf().Select(cells => new NotebookDocument(cells));

    private static Gen<NotebookCell> Cell() =>
        from language in Gen.Elements(Languages)
        from lines in Gen.Elements(Lines).ListOf()
        from tag in Gen.Elements("", "raises-exception", "hide-input")
        from attached in Gen.Elements(true, false)
        select new NotebookCell(language, string.Join('\n', lines))
        {
            Metadata = tag.Length > 0 ? new JsonObject { ["tags"] = new JsonArray(tag) } : [],
            Attachments =
                attached && language is "markdown" or "raw"
                    ? new JsonObject { ["p.png"] = new JsonObject { ["image/png"] = "iVBORw0=" } }
                    : [],
        };
}
