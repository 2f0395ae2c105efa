using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Notebook;
using Notebook.Outputs;
using Notebook.Runner;
using TResNet.Interactive;

namespace TResNet.Cli.Tests;

/// <summary>What the documentation and the XML comments show as C# is pasted into cells by those who read it.</summary>
public sealed partial class DocumentationCellTests
{
    // What the text around the code says that the reader has.
    private const string Given = """
        var model = Models.Create("tresnet_nano", numClasses: 10);
        var images = torch.randn(2, 3, 32, 32);
        var pixels = new byte[] { 1, 2 };
        """;

    // What the examples of XML comments take as given; the types say what they are about.
    private const string GivenToExamples = """
        string connectionFilePath = "kernel-1.json";
        Network network = null!;
        Tensor images = null!, logits = null!;
        ImageSource source = null!;
        ImageDataset train = null!;
        IEnumerable<int[]> batches = [];
        void Step(Tensor images, Tensor labels) { }
        """;

    // Quick enough to run as it stands; the others train or measure for minutes.
    private static readonly string[] Quick = ["Models.TResNetM() with", "narrow.Build", "Comms.AddTarget"];

    public static TheoryData<string> Files() => [.. Documents()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Its_code_is_cells_that_compile_and_the_quick_ones_run(string file)
    {
        using var host = new NotebookHost([new TResNetExtension()]);
        Assert.Equal("", await Run(host, Given));
        foreach (var code in Blocks(File.ReadAllText(Path.Combine(Root(), file))))
        {
            var runs = Quick.Any(part => code.Contains(part, StringComparison.Ordinal));

            var errors = await Run(host, runs ? code : Uncalled(code));
            Assert.True(errors.Length == 0, $"{file} shows\n{code}\nwhich gives\n{errors}");
        }
    }

    public static TheoryData<string> Comments() =>
        [
            .. Directory
                .EnumerateFiles(AppContext.BaseDirectory, "*.xml")
                .Select(file => Path.GetFileName(file))
                .Where(file =>
                    file.StartsWith("TResNet", StringComparison.Ordinal)
                    || file.StartsWith("Notebook", StringComparison.Ordinal)
                )
                .Where(file => Examples(file).Any()),
        ];

    [Theory]
    [MemberData(nameof(Comments))]
    public async Task Its_examples_are_cells_that_compile(string file)
    {
        using var host = new NotebookHost([new TResNetExtension()]);
        // Whoever uses the host's own parts references them.
        var assembly = Path.Combine(AppContext.BaseDirectory, Path.ChangeExtension(file, ".dll"));
        Assert.Equal("", await Run(host, $"#r \"{assembly}\""));
        var wrong = new List<string>();
        foreach (var (member, code) in Examples(file))
        {
            // Anew each time: an example may give a name to something else.
            Assert.Equal("", await Run(host, Uncalled(GivenToExamples)));
            var errors = await Run(host, Uncalled(code));
            if (errors.Length > 0)
            {
                wrong.Add($"The comment of {member} shows\n{code}\nwhich gives\n{errors}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public void There_is_code_in_the_documentation() =>
        Assert.True(
            Documents().Sum(file => Blocks(File.ReadAllText(Path.Combine(Root(), file))).Count()) >= 5,
            "The documentation's code blocks were not found."
        );

    private static IEnumerable<string> Documents() =>
        Directory
            .EnumerateFiles(Path.Combine(Root(), "docs"), "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root(), "datasets"), "*.md", SearchOption.AllDirectories))
            .Append(Path.Combine(Root(), "README.md"))
            .Select(file => Path.GetRelativePath(Root(), file).Replace('\\', '/'));

    private static IEnumerable<string> Blocks(string markdown) =>
        CodeBlock()
            .Matches(markdown.ReplaceLineEndings("\n"))
            .Select(match => match.Groups["code"].Value)
            // What begins with its path is a file and no cell; ExtendingDocumentTests and MagicDocumentTests compile these.
            .Where(code => !FilePath().IsMatch(code));

    /// <summary>A <c>code</c> element is what somebody writes; a <c>c</c> element in an example is that on one line.</summary>
    private static IEnumerable<(string Member, string Code)> Examples(string file) =>
        from member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, file)).Descendants("member")
        from example in member.Elements("example")
        from code in example.Elements().Where(e => e.Name.LocalName is "code" or "c")
        // A using outlives its cell: whoever has one comes last, so that nobody leans on another's.
        orderby Usings().Match(code.Value.Trim()).Length
        select ((string)member.Attribute("name")!, code.Value.Trim());

    /// <summary>A return in front compiles the rest without running it.</summary>
    private static string Uncalled(string code)
    {
        var usings = Usings().Match(code).Value;
        return $"#pragma warning disable CS0162\n{usings}\nreturn null;\n{code[usings.Length..]}";
    }

    private static async Task<string> Run(NotebookHost host, string cell)
    {
        var errors = new List<string>();
        await host.ExecuteAsync(
            cell,
            output =>
            {
                if (output is ErrorOutput error)
                {
                    errors.AddRange(error.Traceback);
                }
                else if (output is StreamOutput { Stream: StreamKind.Stderr } warning)
                {
                    errors.Add(warning.Text);
                }
            }
        );
        return string.Join('\n', errors);
    }

    private static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));

    [GeneratedRegex(@"^```(csharp|cs|c#)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^// [\w./]+\.cs\n")]
    private static partial Regex FilePath();

    [GeneratedRegex(@"^(using [\w.]+;\s*)*")]
    private static partial Regex Usings();
}
