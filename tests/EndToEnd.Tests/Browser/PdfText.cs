using System.Diagnostics;

namespace EndToEnd.Tests.Browser;

/// <summary>What can be read in a PDF.</summary>
internal static class PdfText
{
    public const string Program = "/usr/bin/pdftotext";

    /// <summary>The text of each page, in columns as they are printed.</summary>
    public static async Task<string[]> PagesOf(string file)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Program, ["-layout", file, "-"]) { RedirectStandardOutput = true }
        )!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text.Split('\f', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Prints a page as a browser does that nobody looks at.</summary>
    public static async Task Print(string page, string file)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                FactIfBrowserAttribute.Chromium,
                ["--headless", "--no-sandbox", "--no-pdf-header-footer", $"--print-to-pdf={file}", $"file://{page}"]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 && File.Exists(file), await output + errors);
    }
}
