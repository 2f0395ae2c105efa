using System.Diagnostics;
using System.Text.RegularExpressions;
using Tests;

namespace EndToEnd.Tests.Browser;

/// <summary>The command line as its users run it.</summary>
internal static class Product
{
    /// <summary>Runs it to its end; a test fails where it does.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="environment">Variables beside the test's own.</param>
    /// <param name="arguments">What follows its name.</param>
    /// <param name="exitCode">How it is to end.</param>
    /// <returns>What it printed.</returns>
    public static async Task<string> Run(
        string folder,
        Dictionary<string, string> environment,
        IEnumerable<string> arguments,
        int exitCode = 0
    )
    {
        var start = new ProcessStartInfo("dotnet", [BuiltProgram.Location, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == exitCode, await output + errors);
        return await output;
    }

    /// <summary>Writes a notebook of code cells and runs it.</summary>
    /// <param name="folder">The folder of the notebook, and the current one.</param>
    /// <param name="cells">The cells; one that begins with <c>#</c> and a space is Markdown.</param>
    /// <param name="output">A file beside it, <c>.html</c> or <c>.ipynb</c>.</param>
    /// <param name="exitCode">How the run is to end.</param>
    /// <returns>The file's path.</returns>
    public static async Task<string> RunCells(string folder, IEnumerable<string> cells, string output, int exitCode = 0)
    {
        var source = Path.Combine(folder, Path.ChangeExtension(output, ".dib"));
        var written = cells.Select(cell => $"#!{(Regex.IsMatch(cell, "^#+ ") ? "markdown" : "csharp")}\n\n{cell}\n\n");
        await File.WriteAllTextAsync(source, string.Concat(written));
        var flag = "--" + Path.GetExtension(output)[1..];
        await Run(folder, [], ["run", source, flag, Path.Combine(folder, output)], exitCode);
        return Path.Combine(folder, output);
    }
}
