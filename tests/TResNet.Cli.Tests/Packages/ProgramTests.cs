using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TResNet.Cli.Tests.Packages;

/// <summary>Programs that reference the packages, built from the folder of packages without a network.</summary>
/// <param name="feed">The packages.</param>
[Collection(PackageFeed.Name)]
public sealed partial class ProgramTests(PackageFeed feed)
{
    [Fact]
    public async Task A_program_that_touches_torch_first_runs_a_network_and_finds_natives_and_images()
    {
        var project = Project(
            "forward",
            """<PackageReference Include="TResNet" Version="*-*" />""",
            """
            var images = TorchSharp.torch.rand(2, 1, 32, 32);
            using var model = TResNet.Models.Create("tresnet_nano", numClasses: 10, inChans: 1);
            var logits = model.call(images);
            logits.sum().backward();
            Console.WriteLine($"logits {string.Join(" x ", logits.shape)}");
            var shirts = TResNet.Data.FashionMnist.Load(TResNet.Data.FashionMnistSplit.Validation);
            Console.WriteLine($"images {shirts.Count}");
            foreach (var library in new[] { "libtresnet_kernels.so", "libtorch_cpu.so" })
            {
                var line = File.ReadLines("/proc/self/maps").First(each => each.EndsWith(library));
                Console.WriteLine(line[line.IndexOf('/')..]);
            }
            """
        );

        var (code, said) = await RunAsync(project, "run");

        Assert.True(code == 0, said);
        Assert.Contains("logits 2 x 10\nimages 2000\n", said);
        // Ours beside the program, libtorch where NuGet has it.
        var output = Path.Combine(project, "bin", "Debug", "net10.0");
        Assert.Contains($"{output}/runtimes/linux-x64/native/libtresnet_kernels.so", said);
        Assert.Matches(@"/libtorch-cpu-linux-x64/[\d.]+/runtimes/linux-x64/native/libtorch_cpu\.so", said);
        var size = Directory
            .EnumerateFiles(output, "*", SearchOption.AllDirectories)
            .Sum(file => new FileInfo(file).Length);
        Assert.InRange(size, 10_000_000, 60_000_000);
    }

    [Fact]
    public async Task With_the_package_for_CUDA_its_files_are_copied_and_those_for_processors_are_not()
    {
        // The real one has gigabytes; its layout is this: packages of packages, and parts of libtorch in several.
        const string Folder = "runtimes/linux-x64/native/";
        Make(
            "TorchSharp-cuda-linux",
            "0.107.0",
            [("TorchSharp", "0.107.0"), ("libtorch-cuda-12.8-linux-x64", "2.10.0")]
        );
        Make(
            "libtorch-cuda-12.8-linux-x64",
            "2.10.0",
            [("libtorch-cuda-12.8-linux-x64-part1", "2.10.0"), ("libtorch-cuda-12.8-linux-x64-part9", "2.10.0")]
        );
        Make("libtorch-cuda-12.8-linux-x64-part1", "2.10.0", [], Folder + "libtorch.so", Folder + "libtorch_cpu.so");
        Make("libtorch-cuda-12.8-linux-x64-part9", "2.10.0", [], Folder + "libtorch_cuda.so");
        var project = Project(
            "cuda",
            """
            <PackageReference Include="TResNet" Version="*-*" />
            <PackageReference Include="TorchSharp-cuda-linux" Version="0.107.0" />
            """,
            "Console.WriteLine();"
        );

        foreach (var (verb, output) in new[] { ("build", "Debug/net10.0"), ("publish", "Release/net10.0/publish") })
        {
            var (code, said) = await RunAsync(project, verb);

            Assert.True(code == 0, said);
            var natives = Path.Combine(project, "bin", output, Folder);
            foreach (var name in (string[])["libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so"])
            {
                Assert.Equal(name, await File.ReadAllTextAsync(natives + name));
            }

            Assert.True(File.Exists(natives + "libLibTorchSharp.so"), "The bridge is beside them.");
            Assert.False(File.Exists(natives + "libc10.so"), "That of the package for processors was copied.");
        }
    }

    [Theory]
    [InlineData("", "TorchSharp-cpu")]
    [InlineData("-p:Cuda=true", "TorchSharp-cuda-linux")]
    public async Task A_property_exchanges_the_package_for_processors_for_that_for_CUDA(string property, string package)
    {
        var project = Path.Combine(PackageFeed.Root, "src", "TResNet", "TResNet.csproj");

        var (code, said) = await feed.RunAsync(
            "dotnet",
            [
                "msbuild",
                project,
                "-getItem:PackageReference",
                .. property.Length > 0 ? [property] : Array.Empty<string>(),
            ],
            []
        );

        Assert.True(code == 0, said);
        var names = JsonNode.Parse(said)!["Items"]!["PackageReference"]!
            .AsArray()
            .Select(each => (string)each!["Identity"]!)
            .ToArray();
        Assert.Equal(
            ["TorchSharp", package],
            names.Where(name => name.StartsWith("TorchSharp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Contains("SkiaSharp", names);
    }

    [Fact]
    public async Task What_the_READMEs_of_the_packages_show_compiles_and_that_of_TResNet_runs()
    {
        var programs = new List<string>();
        foreach (
            var id in (string[])["TResNet", "TResNet.Charts", "Notebook.Abstractions", "Notebook", "Notebook.Jupyter"]
        )
        {
            var readme = await File.ReadAllTextAsync(Path.Combine(PackageFeed.Root, "src", id, "README.md"));
            var code = CSharp().Match(readme).Groups["code"].Value;
            var isProgram = !code.Contains("class ", StringComparison.Ordinal);
            var project = Project(
                "readmes/" + id,
                $"""<PackageReference Include="{id}" Version="*-*" />""",
                code,
                isProgram ? "Exe" : "Library"
            );
            if (isProgram && id != "Notebook.Jupyter")
            {
                programs.Add(Path.Combine(project, "bin/Debug/net10.0/Program.dll"));
            }
        }

        // One build of all: most of each is MSBuild's start.
        var readmes = Path.Combine(feed.Folder, "readmes");
        File.WriteAllText(
            Path.Combine(readmes, "all.proj"),
            """
            <Project DefaultTargets="Build">
              <ItemGroup><Project Include="*/Program.csproj" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(Project)" Targets="Restore" /></Target>
              <Target Name="Build"><MSBuild Projects="@(Project)" Targets="Build" /></Target>
            </Project>
            """
        );
        var (exit, said) = await RunAsync(readmes, "build");
        Assert.True(exit == 0, said);
        Assert.NotEmpty(programs);
        foreach (var program in programs)
        {
            (exit, said) = await feed.RunAsync("dotnet", [program], OtherMachine);
            Assert.True(exit == 0, $"{program}: {said}");
        }
    }

    /// <summary>A package with files that hold their own names.</summary>
    private void Make(string id, string version, (string Id, string Version)[] dependencies, params string[] files)
    {
        using var archive = ZipFile.Open(Path.Combine(feed.Others, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        var needed = dependencies.Select(each => $"""<dependency id="{each.Id}" version="{each.Version}" />""");
        Write(
            id + ".nuspec",
            $"""
            <package>
              <metadata>
                <id>{id}</id>
                <version>{version}</version>
                <authors>nobody</authors>
                <description>For a test.</description>
                <dependencies><group targetFramework="netstandard2.0">{string.Concat(needed)}</group></dependencies>
              </metadata>
            </package>
            """
        );
        foreach (var file in files)
        {
            Write(file, Path.GetFileName(file));
        }

        void Write(string name, string text)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
    }

    private string Project(string name, string references, string code, string kind = "Exe")
    {
        var folder = feed.Project(
            name,
            references,
            $"""
            <OutputType>{kind}</OutputType>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <!-- As the README of Notebook has it; and what was built with central versions finds no others without a network. -->
            <NoWarn>$(NoWarn);NU1608;NU1603</NoWarn>
            """
        );
        File.WriteAllText(Path.Combine(folder, "Program.cs"), code);
        return folder;
    }

    private IEnumerable<KeyValuePair<string, string?>> OtherMachine =>
        feed.Environment.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value));

    private Task<(int Code, string Said)> RunAsync(string project, string verb) =>
        feed.RunAsync("dotnet", [verb, $"-p:RestoreConfigFile={feed.Config}"], OtherMachine, project);

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
