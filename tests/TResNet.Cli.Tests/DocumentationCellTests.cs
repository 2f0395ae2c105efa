using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Notebook;
using Notebook.Outputs;
using Notebook.Runner;
using TResNet.Interactive;

namespace TResNet.Cli.Tests;

/// <summary>What the documentation shows as C# is pasted into cells by those who read it.</summary>
public sealed partial class DocumentationCellTests
{
    // What the text around the code says that the reader has.
    private const string Given = """
        var model = Models.Create("tresnet_nano", numClasses: 10);
        var images = torch.randn(2, 3, 32, 32);
        var pixels = new byte[] { 1, 2 };
        """;

    // Quick enough to run as it stands; the others train or measure for minutes.
    private static readonly string[] Quick = ["Models.TResNetM() with", "Comms.AddTarget"];

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

            // A return in front compiles the rest without running it.
            var errors = await Run(host, runs ? code : $"#pragma warning disable CS0162\nreturn null;\n{code}");
            Assert.True(errors.Length == 0, $"{file} shows\n{code}\nwhich gives\n{errors}");
        }
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
        CodeBlock().Matches(markdown.ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value);

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
}
