using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Notebook.Outputs;
using Tests;

namespace TResNet.Cli.Tests;

/// <summary>What is written is the same whatever the machine's language; cells have all cultures where ICU is, and the program starts without.</summary>
public sealed class CultureTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [TheoryIfIcu]
    [InlineData("models")]
    [InlineData("build --model tresnet_m")]
    [InlineData("recipes")]
    [InlineData("data pack --help")]
    [InlineData("train --help")]
    [InlineData("train --lr 0,5")]
    [InlineData("jupyter install --dry-run")]
    public async Task A_command_says_the_same_in_every_language(string command)
    {
        var plain = await Run(command, ("LANG", "C.UTF-8"), ("LC_ALL", ""));

        Assert.NotEqual(("", ""), (plain.Output, plain.Errors));
        Assert.Equal(plain, await Run(command, ("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.UTF-8")));
        Assert.Equal(plain, await Run(command, ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")));
    }

    [Fact]
    public async Task A_number_with_a_comma_is_refused()
    {
        var run = await ShellRun.Of(["train", "--lr", "0,5"]);

        Assert.Equal(2, run.Code);
        Assert.Equal("tresnet: --lr cannot be '0,5': numbers are written with a point, such as 0.5.\n", run.Errors);
    }

    [FactIfIcu]
    public async Task A_cell_s_culture_is_the_cell_s_alone()
    {
        string Notebook(string name) =>
            $$"""
                #!csharp
                System.Globalization.CultureInfo.DefaultThreadCurrentCulture = new("{{name}}");
                #!csharp
                Console.WriteLine(1.5 + " " + "I".ToLowerInvariant());
                #!csharp
                new[] { 1234.5, -2 }
                #!tresnet-models tresnet_*
                #!tresnet-build --model tresnet_nano
                    #!csharp
                Display(TResNet.Models.TResNetM());
                """;

        var plain = await Outputs(Notebook(""));
        Assert.Equal("1.5 i\n", plain[1]);
        foreach (var culture in new[] { "de-DE", "tr-TR" })
        {
            var there = await Outputs(Notebook(culture));
            Assert.Equal("1,5 i\n", there[1]);
            Assert.Equal([.. plain.Where((_, i) => i != 1)], [.. there.Where((_, i) => i != 1)]);
        }
    }

    [FactIfIcu]
    public async Task Cells_have_all_cultures_and_begin_with_the_invariant_one()
    {
        var outputs = await Outputs(
            """
            #!csharp
            Console.WriteLine(CultureInfo.CurrentCulture.Name + "|" + 1.5);
            #!csharp
            Console.WriteLine(1234.5.ToString("N1", CultureInfo.GetCultureInfo("de-DE")) + "i".ToUpper(new CultureInfo("tr-TR")));
            #!csharp
            CultureInfo.CurrentCulture = new("fr-FR");
            Console.WriteLine(1.5);
            #!csharp
            Console.WriteLine(1.5);
            """,
            ("LANG", "de_DE.UTF-8"),
            ("LC_ALL", "de_DE.UTF-8")
        );

        Assert.Equal(["|1.5\n", "1.234,5İ\n", "1,5\n", "1.5\n"], outputs);
    }

    [FactIfIcu]
    public async Task The_doctor_knows_whether_cultures_are_there()
    {
        Assert.Contains("✓ cultures        all;", (await Run("doctor")).Output);
        Assert.Contains(
            "– cultures        only the invariant culture, because DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is 1",
            (await Run("doctor", ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"))).Output
        );
    }

    [Fact]
    public async Task Without_ICU_the_program_starts_and_says_so()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Files of ICU's names that are no libraries: the loader finds these and gives up.
        foreach (var name in Enumerable.Range(40, 100).Select(version => $".{version}").Append(""))
        {
            File.WriteAllBytes(Path.Combine(folder, "libicuuc.so" + name), []);
            File.WriteAllBytes(Path.Combine(folder, "libicui18n.so" + name), []);
            File.WriteAllBytes(Path.Combine(folder, "libicudata.so" + name), []);
        }

        var hidden = ("LD_LIBRARY_PATH", folder);
        Assert.Contains(
            "– cultures        only the invariant culture, because ICU is not installed: apt-get install libicu-dev",
            (await Run("doctor", hidden)).Output
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "german.dib"), "#!csharp\nnew CultureInfo(\"de-DE\")\n");
        Assert.Contains(
            ": This process has only the invariant culture, because ICU is not installed",
            (await Run($"run {folder}/german.dib", hidden)).Errors
        );
    }

    /// <summary>What each cell of a notebook shows, as the file has it.</summary>
    private async Task<IReadOnlyList<string>> Outputs(string notebook, params (string Name, string Value)[] variables)
    {
        var (input, output) = (Path.Combine(folder, "cells.dib"), Path.Combine(folder, "cells.ipynb"));
        await File.WriteAllTextAsync(input, notebook);
        var run = await Run($"run {input} --ipynb {output}", variables);
        Assert.Equal("", run.Errors);
        using var written = JsonDocument.Parse(await File.ReadAllBytesAsync(output));
        return
        [
            .. written
                .RootElement.GetProperty("cells")
                .EnumerateArray()
                .Select(cell =>
                    string.Concat(
                        cell.GetProperty("outputs")
                            .EnumerateArray()
                            .Select(each =>
                                each.TryGetProperty("text", out var text)
                                    ? string.Concat(text.EnumerateArray().Select(line => line.GetString()))
                                    : each.GetProperty("data").GetRawText()
                            )
                    )
                ),
        ];
    }

    private static async Task<(string Output, string Errors)> Run(
        string arguments,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo("dotnet", $"{BuiltProgram.Location} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, await errors);
    }
}

/// <summary>A fact about cultures, skipped where the machine has no ICU.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfIcuAttribute : FactAttribute
{
    public FactIfIcuAttribute() => Skip = Reason;

    public static string? Reason { get; } =
        !OperatingSystem.IsLinux()
        || Enumerable.Range(50, 60).Any(version => NativeLibrary.TryLoad($"libicuuc.so.{version}", out _))
            ? null
            : "ICU is not installed: apt-get install libicu-dev.";
}

/// <inheritdoc cref="FactIfIcuAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryIfIcuAttribute : TheoryAttribute
{
    public TheoryIfIcuAttribute() => Skip = FactIfIcuAttribute.Reason;
}
