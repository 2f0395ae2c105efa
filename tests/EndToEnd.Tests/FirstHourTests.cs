using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Browser;
using Tests;

namespace EndToEnd.Tests;

/// <summary>What the README says to do with a folder of one's own, typed as it stands there into a terminal of 80 columns.</summary>
public sealed partial class FirstHourTests : IDisposable
{
    private const int Columns = 80;
    private const int Side = 64;
    private const string Heading = "## Your own images\n";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("first-hour-");

    public void Dispose() => folder.Delete(recursive: true);

    [FactIfTerminal]
    public async Task The_lines_of_the_README_lead_from_a_folder_to_a_page()
    {
        WriteShapes();
        await WriteProgram();
        var lines = await LinesOfReadme();
        Assert.Equal(["new", "suggest", "train", "validate", "predict", "explain", "run"], lines.Select(CommandOf));

        var said = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            // As it stands there, but for the time that so many epochs take.
            var (code, text) = await Type(line.Replace("--epochs 100", "--epochs 60", StringComparison.Ordinal));
            Assert.True(code == 0, $"{line}\n{text}");
            Assert.All(Shown(text), each => Assert.True(each.Length <= Columns, $"{line}\n{each.Length}: {each}"));
            said[CommandOf(line)] = Colour().Replace(text, "");
        }

        var suggested = Regex.Replace(said["suggest"], @"\\\s+", "");
        Assert.Contains(Settings(lines[2]), Regex.Replace(suggested, @"\s+", " "), StringComparison.Ordinal);
        Assert.Contains("3 classes, 96 images to train on, 24 held out", said["train"], StringComparison.Ordinal);
        var best = double.Parse(
            BestTop1().Match(said["train"]).Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.True(best > 85, said["train"]);
        Assert.Equal(121, (await File.ReadAllLinesAsync(PathOf("shapes.csv"))).Length);
        Assert.Equal(40, Directory.GetFiles(PathOf("marked")).Length);
        Assert.Contains(
            "<img class=\"tresnet-picture\"",
            await File.ReadAllTextAsync(PathOf("shapes.html")),
            StringComparison.Ordinal
        );
        // Where there are a browser and a reader, as build.sh installs them.
        if (File.Exists(FactIfBrowserAttribute.Chromium) && File.Exists(PdfText.Program))
        {
            await PrintsWhole(PathOf("shapes.html"));
        }
    }

    private async Task PrintsWhole(string page)
    {
        await PdfText.Print(page, PathOf("shapes.pdf"));
        var sheets = await PdfText.PagesOf(PathOf("shapes.pdf"));
        var text = string.Concat(sheets);

        Assert.InRange(sheets.Length, 3, 40);
        Assert.All(sheets, sheet => Assert.False(string.IsNullOrWhiteSpace(sheet), "A sheet is empty."));
        // The first and the last column of a wide table, a chart's words, and the notebook's own.
        Assert.Matches(@"epoch +(training +)?.*\btime\b", text);
        Assert.Contains("Learning rate", text, StringComparison.Ordinal);
        Assert.Contains("Ran to the end", text, StringComparison.Ordinal);
        Assert.All(new[] { "circle", "square", "bar" }, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    private static string CommandOf(string line) => line.Split(' ')[1];

    private static string Settings(string line) =>
        line[line.IndexOf("--input-size", StringComparison.Ordinal)..line.IndexOf(" --run", StringComparison.Ordinal)];

    private static async Task<string[]> LinesOfReadme()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var section = text[text.IndexOf(Heading, StringComparison.Ordinal)..];
        return
        [
            .. section
                .Split("```")[1]
                .Split('\n')
                .Where(line => line.StartsWith("artifacts/tresnet ", StringComparison.Ordinal))
                .Select(line => line.Split(" #")[0].TrimEnd()),
        ];
    }

    // What stands on the terminal's lines in the end and meanwhile, without colours.
    private static IEnumerable<string> Shown(string text) =>
        Colour().Replace(text, "").Split('\n', '\r').Select(line => line.TrimEnd());

    private async Task<(int Code, string Text)> Type(string line)
    {
        var start = new ProcessStartInfo(
            FactIfTerminalAttribute.Script,
            ["-qec", $"chmod +x artifacts/tresnet; stty cols {Columns} rows 24; {line}", "/dev/null"]
        )
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        // Other tests run beside this one, and threads of several processes that wait for each other on two cores make a training ten times as long.
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text);
    }

    private async Task WriteProgram()
    {
        var program = PathOf("artifacts/tresnet");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{BuiltProgram.Location}' \"$@\"\n");
    }

    // Discs, squares and bars of a bright colour on noise, as portable pixmaps.
    private void WriteShapes()
    {
        var random = new Random(1);
        foreach (var name in new[] { "circle", "square", "bar" })
        {
            Directory.CreateDirectory(PathOf($"shapes/{name}"));
            for (var i = 0; i < 40; i++)
            {
                var (left, top, size) = (random.Next(4, 30), random.Next(4, 30), random.Next(14, 28));
                byte[] colour = [(byte)random.Next(120, 255), (byte)random.Next(120, 255), (byte)random.Next(120, 255)];
                var pixels = new byte[Side * Side * 3];
                for (var p = 0; p < Side * Side; p++)
                {
                    var (x, y) = (p % Side - left, p / Side - top);
                    var isInside = x >= 0 && y >= 0 && x < size && y < (name == "bar" ? 4 : size);
                    var (u, v) = (x - size / 2.0, y - size / 2.0);
                    var isShape = isInside && (name != "circle" || u * u + v * v <= size * size / 4.0);
                    for (var c = 0; c < 3; c++)
                    {
                        pixels[3 * p + c] = isShape ? colour[c] : (byte)random.Next(90);
                    }
                }

                byte[] header = Encoding.ASCII.GetBytes($"P6\n{Side} {Side}\n255\n");
                File.WriteAllBytes(PathOf($"shapes/{name}/{i:000}.ppm"), [.. header, .. pixels]);
            }
        }
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    [GeneratedRegex(@"\u001b[=>]|\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\a]*(\a|\u001b\\)")]
    private static partial Regex Colour();

    [GeneratedRegex(@"best\s+top-1\s+([\d.]+)%")]
    private static partial Regex BestTop1();
}

/// <summary>A test that types into a terminal; skipped where no program makes one.</summary>
internal sealed class FactIfTerminalAttribute : FactAttribute
{
    public const string Script = "/usr/bin/script";

    public FactIfTerminalAttribute()
    {
        if (!File.Exists(Script))
        {
            Skip = $"There is no {Script}, which makes a terminal.";
        }
    }
}
