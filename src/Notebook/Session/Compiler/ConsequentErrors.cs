using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Session.Errors;

namespace Notebook.Session.Compiler;

/// <summary>Errors that are there only because of another one: a variable whose value has none of the types that a variable can have.</summary>
internal static class ConsequentErrors
{
    // A field of no type, and a var of no value: what a declaration whose value is an error is said to be too. Where nothing else is wrong with it, the
    // value is void, which the second one says.
    private const string FieldOfVoid = "CS0670";
    private const string VarOfVoid = "CS0815";

    // The same of the parts of a deconstruction.
    private const string NoType = "CS8130";

    /// <summary>The errors that have no other one of their statement for a cause; at least one where there is one.</summary>
    /// <param name="errors">What the compiler says.</param>
    /// <param name="root">The code, as a script takes it.</param>
    public static IReadOnlyList<CellDiagnostic> LeftOut(
        IReadOnlyList<CellDiagnostic> errors,
        CompilationUnitSyntax root
    )
    {
        if (!errors.Any(IsConsequence))
        {
            return errors;
        }

        var causes = errors.Where(error => !IsConsequence(error)).Select(error => Member(error, root)).ToHashSet();
        var voids = errors.Where(error => error.Id == VarOfVoid).Select(error => Member(error, root)).ToHashSet();
        return
        [
            .. errors.Where(error =>
                !IsConsequence(error)
                || (
                    Member(error, root) is var member
                    && !causes.Contains(member)
                    && (error.Id != FieldOfVoid || !voids.Contains(member))
                )
            ),
        ];
    }

    private static bool IsConsequence(CellDiagnostic error) => error.Id is FieldOfVoid or VarOfVoid or NoType;

    // Which statement of the cell it is in, by its place; -1 for none.
    private static int Member(CellDiagnostic error, CompilationUnitSyntax root)
    {
        var lines = root.SyntaxTree.GetText().Lines;
        if (error.Line > lines.Count)
        {
            return -1;
        }

        var at = lines[error.Line - 1].Start + error.Column - 1;
        return root.Members.IndexOf(member => member.FullSpan.Contains(at));
    }
}
