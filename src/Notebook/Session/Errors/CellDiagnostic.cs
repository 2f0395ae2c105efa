using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Notebook.Session.Errors;

/// <summary>A compile error at a place in a cell; line and column count from one.</summary>
internal sealed record CellDiagnostic(string Id, string Message, int Line, int Column, int Length)
{
    public static CellDiagnostic From(Diagnostic diagnostic, LinePositionSpan span)
    {
        var oneLine = span.Start.Line == span.End.Line;
        return new CellDiagnostic(
            diagnostic.Id,
            diagnostic.GetMessage(CultureInfo.InvariantCulture),
            span.Start.Line + 1,
            span.Start.Character + 1,
            oneLine ? span.End.Character - span.Start.Character : 1
        );
    }
}
