namespace Notebook.Magics;

/// <summary>What .NET Interactive has and this kernel has not, and what does instead.</summary>
internal static class UnsupportedMagics
{
    private const string CSharpAlone = "this kernel runs C# alone";

    private static readonly Dictionary<string, string> Advice = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fsharp"] = $"{CSharpAlone}; run F# in the ifsharp kernel, or reference an F# library with #r",
        ["f#"] = $"{CSharpAlone}; run F# in the ifsharp kernel, or reference an F# library with #r",
        ["pwsh"] = $"{CSharpAlone}; start a program with System.Diagnostics.Process",
        ["powershell"] = $"{CSharpAlone}; start a program with System.Diagnostics.Process",
        ["python"] = $"{CSharpAlone}; run Python in its own kernel, and hand data over in files",
        ["r"] = $"{CSharpAlone}; run R in its own kernel, and hand data over in files",
        ["sql"] =
            $"{CSharpAlone}; reference a database library with #r \"nuget: Microsoft.Data.Sqlite\" and query it from C#",
        ["kql"] = $"{CSharpAlone}; reference #r \"nuget: Microsoft.Azure.Kusto.Data\" and query it from C#",
        ["http"] = $"{CSharpAlone}; send requests with HttpClient",
        ["connect"] = "there are no other kernels to connect to; #r \"nuget: ...\" brings libraries",
        ["log"] = "the kernel's log is what it writes to standard error",
        ["nuget"] = "write #r \"nuget: Package, 1.2.3\"",
        ["restore"] = "#r \"nuget: ...\" restores when its cell runs",
        ["expand"] = "expressions are completed with Tab",
        ["dni-magics"] = "#!lsmagic lists the magics",
        ["quit"] = "stop the kernel from the front end's menu",
        ["exit"] = "stop the kernel from the front end's menu",
        ["load"] = "write #!import file",
        ["connect-jupyter"] = "there are no other kernels to connect to",
        ["psql"] = $"{CSharpAlone}; reference #r \"nuget: Npgsql\" and query it from C#",
        ["pip"] = "Python packages belong to Python's kernel; #r \"nuget: ...\" brings .NET's",
    };

    /// <summary>A sentence for a magic of .NET Interactive's; null for a name that is not one.</summary>
    public static string? SentenceFor(string name) =>
        Advice.TryGetValue(name, out var advice) ? $"'#!{name}' of .NET Interactive is not here: {advice}." : null;
}
