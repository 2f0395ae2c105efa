using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebook.Session.Compiler;

/// <summary>The usings that a session's cells wrote and its host gave them, for code that is compiled outside the session.</summary>
internal static class SessionUsings
{
    /// <summary>As global usings, one a line.</summary>
    /// <param name="last">The last cell that ran; null before the first one.</param>
    /// <param name="imports">What the host imports: namespaces, and types with <c>static</c> before them.</param>
    public static string Of(Script? last, IEnumerable<string> imports)
    {
        var found = new HashSet<string>(imports.Select(each => $"global using {each};"));
        for (var script = last; script is not null; script = script.Previous)
        {
            var root = (CompilationUnitSyntax)script.GetCompilation().SyntaxTrees.First().GetRoot();
            found.UnionWith(
                root.Usings.Select(each =>
                    $"global {each.WithGlobalKeyword(default).WithoutTrivia().NormalizeWhitespace()}"
                )
            );
        }

        return string.Join('\n', found);
    }
}
