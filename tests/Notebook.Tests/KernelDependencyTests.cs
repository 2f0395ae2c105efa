namespace Notebook.Tests;

/// <summary>
/// Packages that the kernel runs on, or the process of these tests, in versions older and newer than its own: cells get what they
/// ask for, and the kernel goes on with what it has.
/// </summary>
public sealed class KernelDependencyTests : IDisposable
{
    // Package, version, what a cell does with it, and the version it then sees. Of the framework's assemblies the newer one counts.
    private static readonly (string Name, string Version, string Code, string Seen)[] Older =
    [
        (
            "Newtonsoft.Json",
            "11.0.1",
            "Newtonsoft.Json.JsonConvert.SerializeObject(new { a = 1 }).Length + typeof(Newtonsoft.Json.JsonConvert).Assembly.GetName().Version!.ToString()",
            "711.0.0.0"
        ),
        (
            "System.CommandLine",
            "2.0.0-beta4.22272.1",
            "new System.CommandLine.RootCommand(\"a\").Description + typeof(System.CommandLine.RootCommand).Assembly.GetName().Version",
            "a2.0.0.0"
        ),
        (
            "Microsoft.CodeAnalysis.CSharp",
            "4.8.0",
            "Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseExpression(\"a+b\").Span.Length + typeof(Microsoft.CodeAnalysis.SyntaxNode).Assembly.GetName().Version!.ToString()",
            "34.8.0.0"
        ),
        (
            "Markdig",
            "0.31.0",
            "Markdig.Markdown.ToPlainText(\"*a*\").Trim() + typeof(Markdig.Markdown).Assembly.GetName().Version",
            "a0.31.0.0"
        ),
        (
            "Google.Protobuf",
            "3.15.6",
            "Google.Protobuf.ByteString.CopyFromUtf8(\"a\").Length + typeof(Google.Protobuf.ByteString).Assembly.GetName().Version!.ToString()",
            "13.15.6.0"
        ),
        (
            "SharpZipLib",
            "1.2.0",
            "new ICSharpCode.SharpZipLib.Checksum.Crc32().Value + typeof(ICSharpCode.SharpZipLib.Checksum.Crc32).Assembly.GetName().Version!.ToString()",
            "01.2.0.246"
        ),
        (
            "Microsoft.Bcl.AsyncInterfaces",
            "1.1.1",
            "System.Reflection.Assembly.Load(\"Microsoft.Bcl.AsyncInterfaces\").GetName().Version!.ToString()",
            "1.0.0.0"
        ),
        (
            "Spectre.Console",
            "0.44.0",
            "new Spectre.Console.Text(\"a\").Length + typeof(Spectre.Console.Text).Assembly.GetName().Version!.ToString()",
            "10.0.0.0"
        ),
        (
            "System.Reactive",
            "5.0.0",
            "new System.Reactive.Subjects.Subject<int>().HasObservers.ToString() + typeof(System.Reactive.Subjects.Subject<int>).Assembly.GetName().Version",
            "False5.0.0.0"
        ),
        (
            "System.Collections.Immutable",
            "8.0.0",
            "System.Collections.Immutable.ImmutableArray.Create(1, 2).Length + typeof(System.Collections.Immutable.ImmutableArray).Assembly.GetName().Version!.ToString()",
            $"2{Environment.Version.Major}.0.0.0"
        ),
        (
            "System.Reflection.Metadata",
            "8.0.0",
            "new System.Reflection.Metadata.BlobBuilder().Count + typeof(System.Reflection.Metadata.BlobBuilder).Assembly.GetName().Version!.ToString()",
            $"0{Environment.Version.Major}.0.0.0"
        ),
    ];

    private static readonly (string Name, string Version, string Seen)[] Newer =
    [
        ("Newtonsoft.Json", "13.0.4", "713.0.0.0"),
        ("System.CommandLine", "3.0.0", "a3.0.0.0"),
        ("Microsoft.CodeAnalysis.CSharp", "5.12.0", "35.12.0.0"),
        ("Markdig", "1.6.0", "a1.6.0.0"),
        ("Google.Protobuf", "3.36.2", "13.36.2.0"),
        ("SharpZipLib", "1.4.2", "01.4.2.13"),
        ("Microsoft.Bcl.AsyncInterfaces", "11.0.0", "11.0.0.0"),
        ("Spectre.Console", "0.57.2", "10.0.0.0"),
        ("System.Reactive", "7.0.0", "False7.0.0.0"),
        ("System.Collections.Immutable", "11.0.0", "211.0.0.0"),
        ("System.Reflection.Metadata", "11.0.0", "011.0.0.0"),
    ];

    private readonly Cells cells = new();

    public static TheoryData<string, string, string, string> Each()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var (old, young) in Older.Zip(Newer))
        {
            data.Add(old.Name, old.Version, old.Code, old.Seen);
            data.Add(young.Name, young.Version, old.Code, young.Seen);
        }

        return data;
    }

    public void Dispose() => cells.Dispose();

    [TheoryIfRestoring]
    [MemberData(nameof(Each))]
    public async Task A_cell_gets_the_version_it_asks_for(string name, string version, string code, string seen)
    {
        await cells.Reference($"#r \"nuget: {name}, {version}\"");

        Assert.Equal($"result: {seen}", await cells.Run(code));
        await TheKernelGoesOn();
    }

    [TheoryIfRestoring]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cells_get_them_all_together(bool newer)
    {
        await cells.Run("var before = Formatter.DefaultMimeType;");
        var wanted = Older
            .Zip(Newer, (old, young) => newer ? old with { Version = young.Version, Seen = young.Seen } : old)
            .ToArray();
        await cells.Reference([.. wanted.Select(each => $"#r \"nuget: {each.Name}, {each.Version}\"")]);

        foreach (var each in wanted)
        {
            Assert.Equal($"result: {each.Seen}", await cells.Run(each.Code));
        }

        Assert.Equal("result: text/html", await cells.Run("before"));
        await TheKernelGoesOn();
    }

    [Theory]
    [InlineData("Markdig.Markdown.ToPlainText(\"a\")")]
    [InlineData("new System.CommandLine.RootCommand()")]
    [InlineData("Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseExpression(\"a\")")]
    [InlineData("Newtonsoft.Json.JsonConvert.Null")]
    [InlineData("new AngleSharp.Html.Parser.HtmlParser()")]
    [InlineData("#r \"Markdig\"\nMarkdig.Markdown.ToPlainText(\"a\")")]
    public async Task What_the_kernel_runs_on_is_not_the_cells(string code) =>
        Assert.Contains("CompilationError", await cells.Run(code));

    private async Task TheKernelGoesOn()
    {
        Assert.Contains("Sum", cells.Host.Language.Complete("new[] { 1 }.Su", 14).Items.Select(item => item.Label));
        Assert.Contains("#!lsmagic", await cells.Run("#!lsmagic"));
        Assert.Equal("display: # a", await cells.Run("#!markdown\n# a"));
        Assert.Equal(
            "result: [ 1, 2 ]",
            await cells.Run("public class Later { public int[] All => [1, 2]; }\nnew Later().All")
        );
    }
}
