// NuGet's own restore decides what belongs to a package: dotnet restore of a project that holds nothing but references.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace Notebook.Packages;

/// <summary>Restores packages with the SDK, into NuGet's cache; what one restore found out is kept for the next session.</summary>
/// <param name="cache">The folder that it is kept in.</param>
internal sealed class PackageRestore(string cache)
{
    private const string AnyVersion = "999999.0.0";

    /// <summary>Restores packages and all they need.</summary>
    /// <param name="packages">By name, with a version or a range; null for the newest.</param>
    /// <param name="sources">Where to look beside NuGet's configured sources.</param>
    /// <param name="present">Packages that the program has, which are left out where others need them.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="CommandException">There is no such package or no SDK, or a source cannot be reached.</exception>
    public async Task<PackageAssets> RunAsync(
        IReadOnlyCollection<(string Name, string? Version)> packages,
        IReadOnlyCollection<string> sources,
        IReadOnlyCollection<string> present,
        CancellationToken cancellation
    )
    {
        var project = Project(packages, sources, present);
        var folder = Directory.CreateDirectory(Path.Combine(cache, Key(project))).FullName;
        var assets = Path.Combine(folder, "obj", "project.assets.json");
        var isFixed = packages.All(package => package.Version is { } version && !version.Contains('*'));
        if (isFixed && File.Exists(assets) && PackageAssets.Read(assets) is { } known && known.AreThere)
        {
            // What was not found then has not been looked for now.
            return known with { Notes = [] };
        }

        var file = Path.Combine(folder, "packages.csproj");
        await File.WriteAllTextAsync(file, project, cancellation);
        var (code, output) = await DotnetAsync(file, cancellation);
        return code == 0 && PackageAssets.Read(assets) is { } found
            ? found
            : throw new CommandException(NuGetErrors.Sentence(output, packages.Select(package => package.Name)));
    }

    private static string Project(
        IReadOnlyCollection<(string Name, string? Version)> packages,
        IReadOnlyCollection<string> sources,
        IReadOnlyCollection<string> present
    )
    {
        var left = present.Select(name =>
            $"    <PrunePackageReference Include=\"{Xml(name)}\" Version=\"{AnyVersion}\" />\n"
        );
        var references = packages.Select(package =>
            $"    <PackageReference Include=\"{Xml(package.Name)}\" Version=\"{Xml(package.Version ?? "*")}\" />\n"
        );
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <UseAppHost>false</UseAppHost>
                <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
                <NuGetAudit>false</NuGetAudit>
                <RestoreEnablePackagePruning>true</RestoreEnablePackagePruning>
                <RestoreAdditionalProjectSources>{Xml(string.Join(';', sources))}</RestoreAdditionalProjectSources>
                <RestoreIgnoreFailedSources>{(sources.Count > 0 ? "true" : "false")}</RestoreIgnoreFailedSources>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
            {string.Concat(references.Concat(left))}  </ItemGroup>
              <!-- The SDK leaves out what the framework has, also where a newer one is asked for. -->
              <Target Name="KeepWhatIsAskedFor" AfterTargets="AddPrunePackageReferences">
                <ItemGroup>
                  <PrunePackageReference Remove="@(PackageReference)" />
                </ItemGroup>
              </Target>
            </Project>
            """;
    }

    private static string Key(string project) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..16];

    private static string Xml(string text) => SecurityElement.Escape(text);

    private static async Task<(int Code, string Output)> DotnetAsync(string project, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(
            Dotnet(),
            [
                "restore",
                project,
                "--nologo",
                "-v",
                "quiet",
                "-p:ImportDirectoryBuildProps=false",
                "-p:ImportDirectoryBuildTargets=false",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(project)!,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // An address in a notebook may be years old: NuGet would wait 12 s for it, each time.
        start.Environment.TryAdd("NUGET_ENABLE_ENHANCED_HTTP_RETRY", "true");
        start.Environment.TryAdd("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", "3");
        start.Environment.TryAdd("NUGET_ENHANCED_NETWORK_RETRY_DELAY_MILLISECONDS", "300");

        // A test or a build that this process was started by has its own ideas, which MSBuild would take over.
        foreach (
            var inherited in start
                .Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
                .ToList()
        )
        {
            start.Environment.Remove(inherited);
        }

        try
        {
            using var process = Process.Start(start)!;
            using var stopped = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new CommandException(
                "Packages are restored by the .NET SDK, and there is no dotnet here: install the SDK, or reference a file with #r \"library.dll\".",
                missing
            );
        }
    }

    private static string Dotnet() =>
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : "dotnet";
}
