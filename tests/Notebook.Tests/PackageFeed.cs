using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Notebook.Tests;

/// <summary>A folder of packages that a test makes, and forgets with all that NuGet has cached of them.</summary>
internal sealed class PackageFeed : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("feed-");

    /// <summary>A name that no other test, and no run before, has in NuGet's cache.</summary>
    public string Id { get; } = "Tea" + Guid.NewGuid().ToString("N")[..8];

    public string Folder => folder.FullName;

    /// <summary>The directive that lets a cell find the packages.</summary>
    public string Source => $"#i \"nuget:{Folder}\"\n";

    public void Dispose()
    {
        folder.Delete(recursive: true);
        var cache =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var left in Directory.EnumerateDirectories(cache, Id.ToLowerInvariant() + "*"))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>Makes a package of one assembly.</summary>
    public void Pack(
        string name,
        string version,
        string code,
        (string Name, string Version)[]? needs = null,
        (string Path, byte[] Bytes)[]? files = null,
        string? assembly = null,
        string? version4 = null,
        string framework = "net8.0",
        bool without = false
    )
    {
        var references = (needs ?? []).Select(need => Path.Combine(Folder, need.Name + ".dll")).ToArray();
        var library = Compile(assembly ?? name, version4 ?? "1.0.0.0", code, references);
        File.WriteAllBytes(Path.Combine(Folder, name + ".dll"), library);
        using var zip = ZipFile.Open(Path.Combine(Folder, $"{name}.{version}.nupkg"), ZipArchiveMode.Create);
        var dependencies = string.Concat(
            (needs ?? []).Select(need => $"<dependency id=\"{need.Name}\" version=\"{need.Version}\" />")
        );
        Write(
            $"{name}.nuspec",
            System.Text.Encoding.UTF8.GetBytes(
                $"""
                <?xml version="1.0"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
                <id>{name}</id><version>{version}</version><authors>tests</authors><description>For a test.</description>
                <dependencies><group targetFramework="{framework}">{dependencies}</group></dependencies>
                </metadata></package>
                """
            )
        );
        if (!without)
        {
            Write($"lib/{framework}/{assembly ?? name}.dll", library);
        }

        foreach (var (path, bytes) in files ?? [])
        {
            Write(path, bytes);
        }

        void Write(string path, byte[] bytes)
        {
            using var entry = zip.CreateEntry(path).Open();
            entry.Write(bytes);
        }
    }

    /// <summary>Compiles an assembly on all that this process runs on.</summary>
    public static byte[] Compile(string name, string version, string code, params string[] references)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Concat(references)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            name,
            [
                CSharpSyntaxTree.ParseText(code),
                CSharpSyntaxTree.ParseText($"[assembly: System.Reflection.AssemblyVersion(\"{version}\")]"),
            ],
            platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }
}
