// The magics that every notebook has.
using System.CommandLine;
using System.Runtime.InteropServices;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook;

/// <summary>Adds <c>#!lsmagic</c>, <c>#!time</c>, <c>#!about</c>, <c>#!import</c> and those for variables.</summary>
internal static class BuiltInMagics
{
    /// <summary>The magic that times the rest of its cell; the host runs it, for it spans the other segments.</summary>
    public const string Time = "time";

    public static void AddTo(NotebookHost host)
    {
        host.AddMagic(new Command(Time, "Times the rest of the cell."));
        var list = new Command("lsmagic", "Lists the magics.");
        list.SetAction(_ => CellContext.Current?.Emit(new DisplayOutput(List(host))));
        host.AddMagic(list);
        var about = new Command("about", "Says what this kernel is and what it runs on.");
        about.SetAction(_ => CellContext.Current?.Emit(new DisplayOutput(About(host))));
        host.AddMagic(about);
        host.AddMagic(Import(host));
        VariableMagics.AddTo(host);
    }

    private static Command Import(NotebookHost host)
    {
        var file = new Argument<FileInfo>("file") { Description = "A notebook (.dib, .ipynb), or C# (.cs, .csx)." };
        var command = new Command("import", "Runs the cells of a file as if they stood here.") { file };
        command.SetAction(
            (parsed, cancellation) => host.ImportAsync(parsed.GetRequiredValue(file).ToString(), cancellation)
        );
        return command;
    }

    private static MimeBundle About(NotebookHost host)
    {
        var version = typeof(NotebookHost).Assembly.GetName().Version;
        var compiler = typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Assembly.GetName().Version;
        (string Name, string Value)[] rows =
        [
            ("Kernel", $"C# {version?.ToString(3)}"),
            (
                "Extensions",
                host.Extensions.Count == 0 ? "none" : string.Join(", ", host.Extensions.Select(each => each.Name))
            ),
            ("Language", $"C# with Roslyn {compiler?.ToString(3)}"),
            ("Runs on", RuntimeInformation.FrameworkDescription),
            (
                "Machine",
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors"
            ),
            ("Process", $"{Environment.ProcessId}, {Environment.WorkingSet / (1 << 20)} MiB"),
        ];
        return MagicTable.Of([.. rows.Select(row => new[] { row.Name, row.Value })], isCode: false);
    }

    private static MimeBundle List(NotebookHost host)
    {
        var rows = host
            .Magics.Commands.Where(command => !command.Hidden)
            .Select(command => (Name: "#!" + command.Name, Meaning: command.Description ?? ""))
            .Concat(TextLanguages.Described)
            .OrderBy(row => row.Name, StringComparer.Ordinal);
        return MagicTable.Of([.. rows.Select(row => new[] { row.Name, row.Meaning })]);
    }
}
