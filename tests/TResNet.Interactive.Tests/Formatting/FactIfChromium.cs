using System.Diagnostics;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>A test in a real browser; skipped where there is no Chromium.</summary>
public sealed class FactIfChromiumAttribute : FactAttribute
{
    public FactIfChromiumAttribute()
    {
        if (Chromium.Path is null)
        {
            Skip = "needs chromium (Debian: apt-get install chromium)";
        }
    }
}

/// <summary>Opens a page without a window.</summary>
internal static class Chromium
{
    public static string? Path { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }, System.IO.Path.Combine)
            .FirstOrDefault(File.Exists);

    /// <summary>The page's text once its scripts have run.</summary>
    public static string TextOf(string html)
    {
        var folder = Directory.CreateTempSubdirectory("chromium").FullName;
        try
        {
            var page = System.IO.Path.Combine(folder, "page.html");
            File.WriteAllText(page, html);
            string[] arguments =
            [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                $"--user-data-dir={System.IO.Path.Combine(folder, "profile")}",
                "--virtual-time-budget=2000",
                "--dump-dom",
                $"file://{page}",
            ];
            using var process = Process.Start(
                new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var dom = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return dom;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
