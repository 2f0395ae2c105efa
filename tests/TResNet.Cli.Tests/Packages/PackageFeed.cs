using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TResNet.Cli.Tests.Packages;

/// <summary>The packages of this checkout, packed once for all tests when one of them first asks.</summary>
public sealed class PackageFeed : IDisposable
{
    /// <summary>The name of the tests that share it.</summary>
    public const string Name = "packages";

    private readonly Lazy<string> packages;

    /// <summary>The folder of the checkout that the tests were built from.</summary>
    internal static string Root { get; } = FindRoot();

    public PackageFeed() =>
        packages = new(() =>
        {
            RestoreWhatBuildsPrune();
            return Pack();
        });

    /// <summary>The folder of the packages.</summary>
    public string Packages => packages.Value;

    /// <summary>A folder for packages that a test makes by hand.</summary>
    public string Others => Directory.CreateDirectory(Path.Combine(Folder, "others")).FullName;

    /// <summary>A folder for what is made of them.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("tresnet-packages-").FullName;

    /// <summary>
    /// What has NuGet restore as if this were another machine, without a network: ours come from the folder and are unpacked anew; what they need
    /// is there already, from this build.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Path.Combine(Folder, "cache"),
            ["NUGET_FALLBACK_PACKAGES"] = CacheOfBuild,
        };

    /// <summary>A NuGet.config that knows these folders alone.</summary>
    public string Config
    {
        get
        {
            // Where no program that runs in the folder itself finds it.
            var file = Path.Combine(
                Directory.CreateDirectory(Path.Combine(Folder, "offline")).FullName,
                "NuGet.config"
            );
            File.WriteAllText(
                file,
                $"""
                <configuration>
                  <packageSources>
                    <clear />
                    <add key="packed" value="{Packages}" />
                    <add key="others" value="{Others}" />
                  </packageSources>
                </configuration>
                """
            );
            return file;
        }
    }

    private static string CacheOfBuild =>
        System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(
            System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
            ".nuget",
            "packages"
        );

    /// <summary>Microsoft's host with TResNet's package referenced, where a test has started one for others too.</summary>
    internal DotNetInteractive? Host { get; set; }

    public void Dispose()
    {
        Host?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="environment">Variables to set for it; a null takes one away.</param>
    /// <param name="folder">Where it runs; null for <see cref="Folder"/>.</param>
    /// <returns>Its exit code, and all that it wrote.</returns>
    public async Task<(int Code, string Said)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string?>> environment,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said + await errors);
    }

    /// <summary>Writes <c>Program.csproj</c>.</summary>
    /// <param name="name">Of its folder, below <see cref="Folder"/>.</param>
    /// <param name="references">Its items.</param>
    /// <param name="properties">Beside the framework.</param>
    /// <returns>The folder.</returns>
    public string Project(string name, string references, string properties = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "Program.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {references}
              </ItemGroup>
            </Project>
            """
        );
        return folder;
    }

    private static string FindRoot([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", ".."));

    // A build here leaves out what Microsoft.DotNet.Interactive asks for and does not use (Directory.Build.targets); a program that references
    // the packages does not.
    private void RestoreWhatBuildsPrune()
    {
        var versions = File.ReadAllText(Path.Combine(Root, "Directory.Packages.props"));
        var references = Regex
            .Matches(
                versions,
                """Include="Microsoft\.(DotNet\.Interactive|CodeAnalysis\.CSharp)[^"]*" Version="[^"]+" """
            )
            .Select(attributes => $"<PackageReference {attributes.Value}/>");
        var folder = Project("pruned", string.Concat(references));
        var (code, said) = RunAsync("dotnet", ["restore"], [], folder).GetAwaiter().GetResult();
        Assert.True(code == 0, said);
    }

    private string Pack()
    {
        var packed = Path.Combine(Folder, "feed");
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);
        var (code, said) = RunAsync(
                "dotnet",
                ["pack", "Notebooks.sln", "--no-build", "-c", configuration, "-o", packed, "-v", "quiet"],
                [],
                Root
            )
            .GetAwaiter()
            .GetResult();
        Assert.True(code == 0, said);
        return packed;
    }
}

/// <summary>The tests that share the packages.</summary>
[CollectionDefinition(PackageFeed.Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xUnit's word.")]
public sealed class PackageCollection : ICollectionFixture<PackageFeed>;
