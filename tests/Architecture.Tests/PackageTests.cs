using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>What is a package can be packed, says what it is, and needs nothing of ours that is no package.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("packages-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Every_package_carries_readme_licence_and_description_and_its_own_are_packages_too()
    {
        Pack();

        var packages = Directory.GetFiles(folder.FullName, "*.nupkg").Select(Read).ToArray();
        Assert.Equal(Declared(), packages.Select(package => package.Id).Order(StringComparer.Ordinal));
        foreach (var (id, metadata, files) in packages)
        {
            Assert.Equal("MIT", Text(metadata, "license"));
            Assert.Contains(Text(metadata, "readme"), files);
            Assert.Contains($"lib/net10.0/{id}.xml", files);
            Assert.True(Text(metadata, "description").Length > 40, $"{id} does not say what it is for.");
            var needed = metadata
                .Descendants(metadata.Name.Namespace + "dependency")
                .Select(d => (string)d.Attribute("id")!);
            Assert.Subset(packages.Select(p => p.Id).ToHashSet(), needed.Where(IsOurs).ToHashSet());
            Assert.True(File.Exists(Path.Combine(folder.FullName, $"{id}.{Text(metadata, "version")}.snupkg")));
        }

        var library = packages.Single(package => package.Id == "TResNet").Files;
        Assert.Contains("contentFiles/any/net10.0/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz", library);
    }

    private void Pack()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo(
            "dotnet",
            ["pack", "Notebooks.sln", "--no-build", "-c", configuration, "-o", folder.FullName, "-v", "quiet"]
        )
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }

    /// <summary>The projects that say that they are packages.</summary>
    private static IEnumerable<string> Declared() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => XDocument.Load(project).Descendants("IsPackable").Any(e => e.Value == "true"))
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .Order(StringComparer.Ordinal);

    private static (string Id, XElement Metadata, HashSet<string> Files) Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var files = archive.Entries.Select(entry => entry.FullName).ToHashSet();
        using var nuspec = archive
            .GetEntry(files.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal)))!
            .Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().First();
        return (Text(metadata, "id"), metadata, files);
    }

    private static string Text(XElement metadata, string name) =>
        (string?)metadata.Element(metadata.Name.Namespace + name) ?? "";

    private static bool IsOurs(string id) => Directory.Exists(Path.Combine(Repository.Root, "src", id));
}
