using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TResNet.Cli.Tests;

/// <summary>Notebooks run in .NET Interactive too, in the tool itself, which is restored for it.</summary>
public sealed class RunAgainstTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactIfDotNetInteractive]
    public async Task Cells_that_differ_are_shown_and_what_is_noise_is_not()
    {
        var notebook = Path.Combine(folder, "a.dib");
        await File.WriteAllTextAsync(
            notebook,
            """
            #!csharp
            #!time
            Console.WriteLine("one"); Console.Write("two  ");
            #!csharp
            new { A = 1, B = Guid.NewGuid() }
            #!csharp
            throw new Exception("no");
            #!fsharp
            let x = 1
            #!html
            <b>x</b>
            #!csharp
            AppDomain.CurrentDomain.GetAssemblies().Any(each => each.GetName().Name == "Notebook") ? "here" : "there"
            #!csharp
            var shown = 0.Display(); shown.Update(10); 42
            """
        );

        var run = await ShellRun.Of(["run", notebook, "--against", FactIfDotNetInteractive.Tool, "--json"]);

        Assert.Equal((1, ""), (run.Code, run.Errors));
        var rows = JsonNode.Parse(run.Output)!["tables"]!
            .AsArray()
            .Single(table => (string?)table!["title"] == "Differences")!["rows"]!;
        Assert.Equal(
            [(4, "passed over", "ran"), (6, "ran", "ran")],
            rows.AsArray().Select(row => ((int)row!["cell"]!, (string)row["here"]!, (string)row["there"]!))
        );
        Assert.Equal(("here", "there"), ((string)rows[1]!["text_here"]!, (string)rows[1]!["text_there"]!));
    }

    [FactIfDotNetInteractive]
    public async Task A_cell_that_never_ends_there_costs_the_rest_of_its_notebook_there()
    {
        var (notebook, next) = (Path.Combine(folder, "a.dib"), Path.Combine(folder, "b.dib"));
        await File.WriteAllTextAsync(
            notebook,
            """
            #!csharp
            1
            #!csharp
            var isThere = AppDomain.CurrentDomain.GetAssemblies().All(each => each.GetName().Name != "Notebook");
            while (isThere) { System.Threading.Thread.Sleep(10); }
            #!csharp
            2
            """
        );
        await File.WriteAllTextAsync(next, "#!csharp\n3\n");

        var run = await ShellRun.Of([
            "run",
            notebook,
            next,
            "--timeout",
            "10",
            "--against",
            FactIfDotNetInteractive.Tool,
        ]);

        Assert.Equal(1, run.Code);
        Assert.Matches(
            @"a\.dib +2  ran   failed   there: cell 2 took longer than 10 s there, and the tool was ended",
            run.Output
        );
        Assert.Matches(@"a\.dib +3  ran   not run", run.Output);
        Assert.EndsWith(
            ": of 4 cells 4 ran here and 2 there; 2 of 4 cells differ, 2 by how it ended and 0 by text.\n",
            run.Output
        );
    }

    [Fact]
    public async Task A_program_that_does_not_speak_is_one_sentence()
    {
        var notebook = Path.Combine(folder, "a.dib");
        await File.WriteAllTextAsync(notebook, "#!csharp\n1\n");

        var run = await ShellRun.Of(["run", notebook, "--against", "/bin/true"]);

        Assert.Equal(1, run.Code);
        Assert.Equal("tresnet: /bin/true ended before it was ready: is it dotnet-interactive?\n", run.Errors);
        run = await ShellRun.Of(["run", notebook, "--against", "./none"]);
        Assert.Equal(1, run.Code);
        Assert.StartsWith(
            "tresnet: --against ./none: there is no such program; name dotnet-interactive or",
            run.Errors
        );
    }
}

/// <summary>A fact about Microsoft's tool, which it installs into a folder of its own; skipped with the reason where NuGet's sources cannot be reached.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfDotNetInteractive : FactAttribute
{
    private const string Version = "1.0.712001";

    private static readonly Lazy<string?> Reason = new(Install);

    public FactIfDotNetInteractive() => Skip = Reason.Value;

    public static string Tool => Path.Combine(Folder, "dotnet-interactive");

    private static string Folder => Path.Combine(Path.GetTempPath(), $"tresnet-tests-dotnet-interactive-{Version}");

    private static string? Install()
    {
        if (File.Exists(Tool))
        {
            return null;
        }

        var start = new ProcessStartInfo(
            "dotnet",
            ["tool", "install", "Microsoft.dotnet-interactive", "--version", Version, "--tool-path", Folder]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var install = Process.Start(start)!;
        var output = install.StandardOutput.ReadToEndAsync();
        var errors = install.StandardError.ReadToEndAsync();
        if (!install.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            install.Kill(entireProcessTree: true);
        }

        return install.ExitCode == 0
            ? null
            : $"Microsoft.dotnet-interactive cannot be installed: {output.Result} {errors.Result}".ReplaceLineEndings(
                " "
            );
    }
}
