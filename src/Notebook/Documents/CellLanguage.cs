namespace Notebook.Documents;

/// <summary>The languages of cells by the kernel names that .NET Interactive gave them.</summary>
public static class CellLanguage
{
    /// <summary>C#.</summary>
    public const string CSharp = "csharp";

    /// <summary>Markdown.</summary>
    public const string Markdown = "markdown";

    /// <summary>HTML, shown as it is.</summary>
    public const string Html = "html";

    /// <summary>JavaScript, run in the browser.</summary>
    public const string JavaScript = "javascript";

    /// <summary>A diagram in Mermaid's language, drawn in the browser.</summary>
    public const string Mermaid = "mermaid";

    /// <summary>An nbformat cell that is neither code nor Markdown.</summary>
    public const string Raw = "raw";

    /// <summary>What each name or alias on a separator line stands for.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Aliases = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["csharp"] = CSharp,
        ["c#"] = CSharp,
        ["fsharp"] = "fsharp",
        ["f#"] = "fsharp",
        ["pwsh"] = "pwsh",
        ["powershell"] = "pwsh",
        ["javascript"] = JavaScript,
        ["js"] = JavaScript,
        ["html"] = Html,
        ["mermaid"] = Mermaid,
        ["value"] = "value",
        ["sql"] = "sql",
        ["kql"] = "kql",
        ["markdown"] = Markdown,
        ["md"] = Markdown,
    };
}
