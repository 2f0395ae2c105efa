// NuGet's own restore decides what belongs to a package: dotnet restore of a project that holds nothing but references.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Notebook.Packages;

/// <summary>Restores packages with the SDK, into NuGet's cache; what one restore found out is kept for the next session.</summary>
/// <param name="cache">The folder that it is kept in.</param>
internal sealed partial class PackageRestore(string cache)
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
            return known;
        }

        var file = Path.Combine(folder, "packages.csproj");
        await File.WriteAllTextAsync(file, project, cancellation);
        var (code, output) = await DotnetAsync(file, cancellation);
        return code == 0 && PackageAssets.Read(assets) is { } found
            ? found
            : throw new CommandException(Refusal(output, packages));
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

    /// <summary>NuGet's errors as one sentence.</summary>
    private static string Refusal(string output, IReadOnlyCollection<(string Name, string? Version)> packages)
    {
        if (Missing().Match(output) is { Success: true } missing)
        {
            return $"There is no package '{missing.Groups["name"].Value}' in {missing.Groups["sources"].Value.Trim().TrimEnd('.')}: check its name, or add its source with #i \"nuget:address\".";
        }

        if (OnlyPreReleases().Match(output) is { Success: true } early)
        {
            var name = early.Groups["name"].Value;
            return $"Package {name} has pre-releases only{Nearest(output)}: ask for one, such as #r \"nuget: {name}, *-*\" for the newest.";
        }

        if (NoVersion().Match(output) is { Success: true } version)
        {
            return $"Package {version.Groups["name"].Value} has no version {version.Groups["range"].Value.Trim()}{Nearest(output)}: ask for one that there is.";
        }

        if (OtherFramework().Match(output) is { Success: true } other)
        {
            return $"Package {other.Groups["name"].Value} is for {other.Groups["supported"].Value.Trim().TrimEnd('.')}, and this kernel runs on .NET {Environment.Version.Major}: ask for another version of it.";
        }

        if (Conflict().Match(output) is { Success: true } conflict)
        {
            return $"The packages need different versions of {conflict.Groups["name"].Value}: {conflict.Groups["rest"].Value.Trim().TrimEnd('.')}.";
        }

        if (Downgrade().Match(output) is { Success: true } downgrade)
        {
            return $"Package {downgrade.Groups["name"].Value} is asked for in version {downgrade.Groups["low"].Value}, and another package needs {downgrade.Groups["high"].Value}: ask for that version; where this session has loaded the older one, restart the kernel and reference both in its first cell.";
        }

        var error = Error().Match(output) is { Success: true } any
            ? any.Groups["text"].Value.Trim()
            : output.Trim().Split('\n')[^1].Trim();
        return $"{string.Join(" and ", packages.Select(package => package.Name))} cannot be restored: {error.TrimEnd('.')}.";
    }

    [GeneratedRegex(
        @"NU1101: Unable to find package (?<name>\S+?)\. No packages exist with this id in source\(s\): (?<sources>[^\r\n\[]+)"
    )]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"NU110[23]: Unable to find (a stable )?package (?<name>\S+) with version (?<range>\([^)]*\)|\[[^\]]*\]|\S+)"
    )]
    private static partial Regex NoVersion();

    private static string Nearest(string output) =>
        Nearest().Match(output) is { Success: true } near ? $"; the nearest is {near.Groups["version"].Value}" : "";

    [GeneratedRegex(@"NU1103: Unable to find a stable package (?<name>\S+) with version")]
    private static partial Regex OnlyPreReleases();

    [GeneratedRegex(
        @"NU1202: Package (?<name>\S+ \S+) is not compatible with [^\r\n]*?\. Package \S+ \S+ (supports|does not support any target frameworks)(: | one of the following target frameworks:)?(?<supported>[^\r\n\[]*)"
    )]
    private static partial Regex OtherFramework();

    [GeneratedRegex(@"NU1605: [^\r\n]*?downgrade: (?<name>\S+) from (?<high>\S+) to (?<low>[^\s.]+(\.[^\s.]+)*)")]
    private static partial Regex Downgrade();

    [GeneratedRegex(@"Nearest version: (?<version>[^\s\]]+)")]
    private static partial Regex Nearest();

    [GeneratedRegex(@"NU1107: Version conflict detected for (?<name>\S+?)\. (?<rest>[^\r\n\[]+)")]
    private static partial Regex Conflict();

    [GeneratedRegex(@"error \w+: (?<text>[^\r\n\[]+)")]
    private static partial Regex Error();
}
