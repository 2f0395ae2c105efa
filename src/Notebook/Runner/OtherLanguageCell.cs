// Polyglot notebooks: cells of .NET Interactive's other kernels, by the cell's own language or by a line such as #!fsharp at its top.
using Notebook.Documents;
using Notebook.Language;
using Notebook.Outputs;

namespace Notebook.Runner;

/// <summary>Finds cells in languages that do not run here, and says so.</summary>
internal static class OtherLanguageCell
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fsharp"] = "F#",
        ["f#"] = "F#",
        ["pwsh"] = "PowerShell",
        ["powershell"] = "PowerShell",
        ["python"] = "Python",
        ["python3"] = "Python",
        ["ipython"] = "Python",
        ["r"] = "R",
        ["julia"] = "Julia",
        ["sql"] = "SQL",
        ["kql"] = "KQL",
        ["http"] = "HTTP requests",
        ["vbnet"] = "Visual Basic",
    };

    /// <summary>The language of a cell by the name that people have for it; null where the cell runs here.</summary>
    public static string? LanguageOf(NotebookCell cell, NotebookHost host) =>
        cell.Language == CellLanguage.CSharp
            ? FirstWord(cell.Source) is { } name
            && Names.TryGetValue(name, out var known)
            && !Runs(name, host)
            && !ReturnsToOurs(cell.Source)
                ? known
                : null
            : Runs(cell.Language, host)
                ? null
                : Names.GetValueOrDefault(cell.Language) ?? cell.Language;

    /// <summary>What a cell that is passed over shows.</summary>
    public static StreamOutput PassedOver(string language) =>
        new(StreamKind.Stdout, $"Passed over: this cell is in {language}, which does not run here.\n");

    /// <summary>Why such a cell ends a run that shall stop at it.</summary>
    public static ErrorOutput Error(string language)
    {
        var sentence =
            $"This cell is in {language}, which does not run here. C#, Markdown, HTML, JavaScript and Mermaid do.";
        return new ErrorOutput("UnknownLanguage", sentence, [sentence]);
    }

    private static bool Runs(string language, NotebookHost host) =>
        host.Magics.Names.Contains(language, StringComparer.OrdinalIgnoreCase);

    private static string? FirstWord(string source) =>
        source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0)
            is ['#', '!', .. var rest]
            ? rest.Split(' ', '\t')[0]
            : null;

    /// <summary>Whether lines further down are in a language that runs, so that the cell is for <see cref="CellSplitter"/> to take apart.</summary>
    private static bool ReturnsToOurs(string source) =>
        source
            .Split('\n')
            .Select(line => line.Trim())
            .Any(line =>
                line.StartsWith("#!", StringComparison.Ordinal)
                && CellSplitter.SelectorNames.Contains(line[2..], StringComparer.OrdinalIgnoreCase)
            );
}
