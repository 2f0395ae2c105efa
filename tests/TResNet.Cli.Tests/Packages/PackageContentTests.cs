using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TResNet.Cli.Tests.Packages;

/// <summary>What is in each package, and what is not.</summary>
/// <param name="feed">The packages.</param>
[Collection(PackageFeed.Name)]
public sealed partial class PackageContentTests(PackageFeed feed)
{
    private const string Data = "contentFiles/any/net10.0/datasets/fashion-mnist/";

    // Beside nuspec, README.md, icon.png and the assembly with its documentation, which all have. Dependencies are ours alone.
    private static readonly Dictionary<string, (string[] Files, string[] Dependencies)> Libraries = new()
    {
        ["Notebook.Abstractions"] = ([], []),
        ["Notebook"] = (
            [
                "contentFiles/any/net10.0/assets/mermaid.min.js",
                "contentFiles/any/net10.0/assets/plotly-cartesian.min.js",
                "contentFiles/any/net10.0/assets/plotly.min.js",
            ],
            ["Notebook.Abstractions"]
        ),
        ["Notebook.Jupyter"] = ([], ["Notebook"]),
        ["TResNet.Kernels"] = (
            [
                "runtimes/linux-x64/native/libtresnet_kernels.so",
                "runtimes/linux-x64/native/libtresnet_torchsharp.so",
                .. IfBuilt("libtresnet_mpi.so"),
            ],
            []
        ),
        ["TResNet"] = (
            [
                "buildTransitive/TResNet.targets",
                "buildTransitive/TResNetStartup.cs",
                Data + "README.md",
                Data + "copyright",
                Data + "t10k-images-idx3-ubyte.gz",
                Data + "t10k-labels-idx1-ubyte.gz",
                "runtimes/linux-x64/native/libtresnetjpeg.so",
                "tools/any/any/DotnetToolSettings.xml",
            ],
            ["TResNet.Kernels"]
        ),
        ["TResNet.Charts"] = ([], []),
        ["TResNet.PlotlyNet"] = ([], ["TResNet.Charts"]),
        ["TResNet.Onnx"] = ([], ["TResNet"]),
        ["TResNet.Interactive"] = ([], ["Notebook.Abstractions", "TResNet", "TResNet.Charts", "TResNet.Onnx"]),
        ["TResNet.DotNetInteractive"] = (["interactive-extensions/dotnet/extension.dib"], ["TResNet.Interactive"]),
    };

    private static readonly string[] Native =
    [
        "libLibTorchSharp.so",
        "libSkiaSharp.so",
        "libc10.so",
        "libgomp-98b21ff3.so.1",
        "libtorch.so",
        "libtorch_cpu.so",
        "libtorch_global_deps.so",
    ];

    // Where the machine that packs has an mpi.h.
    private static string[] IfBuilt(string library) =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, library)) ? [$"runtimes/linux-x64/native/{library}"] : [];

    [Fact]
    public void Each_has_the_files_and_dependencies_of_its_row_and_no_others()
    {
        var packages = Packages().Where(package => package.Id != "TResNet.Cli").ToArray();

        Assert.Equal(Libraries.Keys.Order(StringComparer.Ordinal), packages.Select(package => package.Id));
        foreach (var (id, metadata, files) in packages)
        {
            var (own, dependencies) = Libraries[id];
            string[] assembly = id == "TResNet.Kernels" ? [] : [$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"];
            Assert.Equal(
                own.Concat(assembly).Append("README.md").Append("icon.png").Order(StringComparer.Ordinal),
                files.Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                dependencies.Select(name => (name, Text(metadata, "version"))),
                Descendants(metadata, "dependency")
                    .Select(needed => ((string)needed.Attribute("id")!, (string)needed.Attribute("version")!))
                    .Where(needed => IsOurs(needed.Item1))
                    .Order()
            );
        }
    }

    [Fact]
    public void Each_says_what_it_is_for()
    {
        foreach (var (id, metadata, _) in Packages())
        {
            Assert.Equal("MIT", Text(metadata, "license"));
            Assert.Equal("README.md", Text(metadata, "readme"));
            Assert.Equal("icon.png", Text(metadata, "icon"));
            Assert.True(Text(metadata, "description").Length > 40, $"{id} does not say what it is for.");

            // A page of packages has no files beside it.
            var readme = File.ReadAllText(Path.Combine(Source(id), "README.md"));
            Assert.True(readme.Contains(id, StringComparison.Ordinal), $"The README of {id} is of something else.");
            Assert.True(!RelativeLink().IsMatch(readme), $"The README of {id} links to a file.");
        }
    }

    [Fact]
    public void Symbols_bring_their_sources_along()
    {
        foreach (var (id, metadata, _) in Packages().Where(package => package.Id != "TResNet.Kernels"))
        {
            using var archive = ZipFile.OpenRead(
                Path.Combine(feed.Packages, $"{id}.{Text(metadata, "version")}.snupkg")
            );
            var symbols = archive.Entries.Where(entry => entry.Name == $"{id}.pdb").ToArray();
            var text = new MemoryStream();
            using (var stream = Assert.Single(symbols).Open())
            {
                stream.CopyTo(text);
            }

            text.Position = 0;
            using var provider = MetadataReaderProvider.FromPortablePdbStream(text);
            Assert.Empty(WithoutSource(provider.GetMetadataReader()));
        }
    }

    [Fact]
    public void The_tool_has_what_runs_on_Linux_once_and_nothing_else()
    {
        var (_, metadata, files) = Packages().Single(package => package.Id == "TResNet.Cli");

        Assert.Equal("DotnetTool", (string?)Descendants(metadata, "packageType").Single().Attribute("name"));
        Assert.Empty(Descendants(metadata, "dependency"));
        const string Tool = "tools/net10.0/any/";
        var inside = files.Where(file => file.StartsWith(Tool, StringComparison.Ordinal)).ToArray();
        Assert.Equal(["README.md", "icon.png"], files.Except(inside).Order(StringComparer.Ordinal));
        Assert.Equal(
            Native.Select(name => $"{Tool}runtimes/linux-x64/native/{name}"),
            inside.Where(file => file.Contains("/runtimes/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        foreach (
            var name in (string[])
                [
                    "DotnetToolSettings.xml",
                    "TResNet.Cli.dll",
                    "TResNet.Cli.runtimeconfig.json",
                    "TResNet.xml",
                    "libtresnet_kernels.so",
                    "libtresnetjpeg.so",
                    "assets/plotly-cartesian.min.js",
                    "assets/plotly.min.js",
                    "assets/mermaid.min.js",
                    "datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
                    "Microsoft.CodeAnalysis.CSharp.dll",
                ]
        )
        {
            Assert.Contains(Tool + name, inside);
        }

        Assert.Equal(inside.Length, inside.Select(Path.GetFileName).Distinct().Count());
        Assert.DoesNotContain(inside, file => Unwanted().IsMatch(file));
        var size = new FileInfo(Path.Combine(feed.Packages, $"TResNet.Cli.{Text(metadata, "version")}.nupkg")).Length;
        Assert.InRange(size, 100_000_000, 200_000_000);
    }

    private IEnumerable<(string Id, XElement Metadata, string[] Files)> Packages() =>
        Directory.GetFiles(feed.Packages, "*.nupkg").Order(StringComparer.Ordinal).Select(Read).OrderBy(p => p.Id);

    private static (string Id, XElement Metadata, string[] Files) Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var nuspec = archive
            .Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
            .Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().First();
        // What the format itself wants is not told.
        return (
            Text(metadata, "id"),
            metadata,
            [
                .. archive
                    .Entries.Select(entry => entry.FullName)
                    .Where(name =>
                        !name.EndsWith(".nuspec", StringComparison.Ordinal)
                        && name != "[Content_Types].xml"
                        && !name.StartsWith("_rels/", StringComparison.Ordinal)
                        && !name.StartsWith("package/", StringComparison.Ordinal)
                    ),
            ]
        );
    }

    /// <summary>The files whose text is neither in the symbols nor found by a link in them.</summary>
    private static IEnumerable<string> WithoutSource(MetadataReader symbols)
    {
        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        foreach (var handle in symbols.Documents)
        {
            var kinds = symbols
                .GetCustomDebugInformation(handle)
                .Select(info => symbols.GetGuid(symbols.GetCustomDebugInformation(info).Kind));
            if (!kinds.Contains(embedded))
            {
                yield return symbols.GetString(symbols.GetDocument(handle).Name);
            }
        }
    }

    private static bool IsOurs(string id) => Directory.Exists(Source(id));

    private static string Source(string id) => Path.Combine(PackageFeed.Root, "src", id);

    private static IEnumerable<XElement> Descendants(XElement metadata, string name) =>
        metadata.Descendants(metadata.Name.Namespace + name);

    private static string Text(XElement metadata, string name) =>
        (string?)metadata.Element(metadata.Name.Namespace + name) ?? "";

    [GeneratedRegex(@"\]\((?!https?://|#)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(
        @"xunit|Test|playwright|OnnxRuntime|libtorch_python|/(win|osx|linux-arm|linux-musl)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Unwanted();
}
