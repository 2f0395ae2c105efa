namespace Notebook.Tests;

/// <summary><c>#r</c> and <c>#i</c>: packages from a folder of our own, restored by the SDK, and files.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly PackageFeed feed = new();
    private readonly Cells cells = new();
    private readonly string id;

    public PackageTests() => id = feed.Id;

    public void Dispose()
    {
        cells.Dispose();
        feed.Dispose();
    }

    [Fact]
    public async Task A_package_is_restored_with_what_it_needs_and_used_in_the_same_cell()
    {
        feed.Pack(
            $"{id}.Leaves",
            "1.0.0",
            $"namespace {id}.Leaves; public static class Leaf {{ public static string Name => \"Assam\"; }}"
        );
        feed.Pack(
            id,
            "1.2.0",
            $"namespace {id}; public static class Pot {{ public static string Brew() => {id}.Leaves.Leaf.Name + \" tea\"; }}",
            needs: [($"{id}.Leaves", "1.0.0")]
        );

        Assert.Equal(
            $"display: Restoring {id}…\nupdate: Referenced {id} 1.2.0.\nresult: Assam tea",
            await cells.Run($"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {id}, 1.2.0\"\nusing {id};\nPot.Brew()")
        );
        Assert.Equal("result: 9", await cells.Run("Pot.Brew().Length"));

        feed.Pack($"{id}.Milk", "2.0.0", $"namespace {id}.Milk; public record Jug(int Drops);");
        Assert.EndsWith("result: 7", await cells.Run($"#r \"nuget:{id}.Milk,2.0.0\"\nnew {id}.Milk.Jug(7).Drops"));
        Assert.Contains("Brew", cells.Host.Language.Complete("Pot.Br", 6).Items.Select(item => item.Label));
    }

    [Fact]
    public async Task Another_version_of_what_is_loaded_is_refused_with_a_sentence()
    {
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;");
        feed.Pack(id, "2.0.0", $"namespace {id}; public class Cup;");
        await cells.Run($"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {id}, 1.0.0\"\nvar cup = new {id}.Cup();");

        Assert.Contains(
            $"This session has loaded {id} 1.0.0, and what is asked for now needs 2.0.0: restart the kernel",
            await cells.Run($"#r \"nuget: {id}, 2.0.0\"")
        );
        Assert.Equal("result: Cup", await cells.Run("cup.GetType().Name"));
    }

    [Theory]
    [InlineData("99.0.0.0")]
    [InlineData("0.0.0.1")]
    public async Task A_package_brings_its_own_version_of_what_the_kernel_runs_on(string version)
    {
        feed.Pack(id, "1.0.0", "namespace Markdig; public class Tea;", assembly: "Markdig", version4: version);

        Assert.Contains("CS0246", await cells.Run("using Markdig;"));
        Assert.EndsWith(
            $"result: {version}",
            await cells.Run(
                $"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {id}, 1.0.0\"\ntypeof(Markdig.Tea).Assembly.GetName().Version!.ToString()"
            )
        );
        Assert.Equal("result: True", await cells.Run("Type.GetType(\"Markdig.Tea, Markdig\") == typeof(Markdig.Tea)"));
        Assert.Contains("CS0234", await cells.Run("Markdig.Markdown.ToHtml(\"a\")"));
        await cells.Run("#!markdown\n# Tea");
        Assert.Contains("Tea", cells.Host.Language.Complete("Markdig.T", 9).Items.Select(item => item.Label));
    }

    [Theory]
    [InlineData("NoSuch, 1.0.0", "There is no package 'NoSuch' in")]
    [InlineData(", 9.0.0", "has no version (>= 9.0.0)")]
    [InlineData("/etc, 1", "names no package")]
    public async Task What_cannot_be_restored_is_one_sentence(string package, string expected)
    {
        feed.Pack(id, "1.0.0", $"namespace {id}; public class Cup;");
        var name = package[0] == ',' ? id + package : package.Replace("NoSuch", id + "None");

        var text = await cells.Run($"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {name}\"");

        Assert.Contains(expected.Replace("NoSuch", id + "None"), text);
        Assert.DoesNotContain("   at ", text);
    }

    [Fact]
    public async Task A_native_library_of_a_package_is_found()
    {
        // The C library's mathematics under another name stands for a library that a package brings.
        var library = Directory
            .EnumerateFiles("/lib/x86_64-linux-gnu", "libm.so.6")
            .Concat(Directory.EnumerateFiles("/usr/lib", "libm.so.6", SearchOption.AllDirectories))
            .First();
        var rid = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        feed.Pack(
            id,
            "1.0.0",
            $$"""namespace {{id}}; public static class Sums { [System.Runtime.InteropServices.DllImport("{{id}}m")] public static extern double cos(double x); }""",
            files: [($"runtimes/{rid}/native/lib{id}m.so", await File.ReadAllBytesAsync(library))]
        );

        Assert.EndsWith(
            "result: 1",
            await cells.Run($"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {id}, 1.0.0\"\n{id}.Sums.cos(0)")
        );
    }

    [Fact]
    public async Task A_package_s_extension_notebook_is_run_and_its_extension_loaded()
    {
        feed.Pack(
            id,
            "1.0.0",
            $"namespace {id}; public class Cup;",
            files:
            [
                (
                    "interactive-extensions/dotnet/extension.dib",
                    "#!csharp\nvar greeting = \"from the package\";"u8.ToArray()
                ),
                (
                    $"interactive-extensions/dotnet/{id}.Notebook.dll",
                    PackageFeed.Compile(
                        $"{id}.Notebook",
                        "1.0.0.0",
                        $$"""public class Extension : Notebook.INotebookExtension { public string Name => "{{id}}"; public void Load(Notebook.INotebook notebook) => notebook.AddMagic(new System.CommandLine.Command("{{id.ToLowerInvariant()}}", "Pours tea.")); }"""
                    )
                ),
            ]
        );
        await cells.Run($"#i \"nuget:{feed.Folder}\"\n#r \"nuget: {id}, 1.0.0\"");

        Assert.Equal("result: from the package", await cells.Run("greeting"));
        Assert.Contains($"#!{id.ToLowerInvariant()}  ", await cells.Run("#!lsmagic"));
    }

    [Fact]
    public async Task A_file_is_referenced_with_what_lies_beside_it()
    {
        Save("Below", $"namespace {id}; public static class Below {{ public static int Depth => 3; }}");
        var path = Save(
            "Above",
            $"namespace {id}; public static class Above {{ public static int Height => Below.Depth + 1; }}",
            "Below"
        );

        Assert.Equal("result: 4", await cells.Run($"#r \"{path}\"\n{id}.Above.Height"));
        Assert.Contains("There is no file", await cells.Run($"#r \"{feed.Folder}/none.dll\""));
        await File.WriteAllTextAsync(Path.Combine(feed.Folder, "text.dll"), "text");
        Assert.Contains("it is no .NET assembly", await cells.Run($"#r \"{feed.Folder}/text.dll\""));
        Assert.Contains("is neither an address nor a folder", await cells.Run("#i \"nuget:nowhere\""));
    }

    private string Save(string name, string code, params string[] needs)
    {
        var path = Path.Combine(feed.Folder, $"{id}.{name}.dll");
        File.WriteAllBytes(
            path,
            PackageFeed.Compile(
                $"{id}.{name}",
                "1.0.0.0",
                code,
                [.. needs.Select(need => Path.Combine(feed.Folder, $"{id}.{need}.dll"))]
            )
        );
        return path;
    }
}
