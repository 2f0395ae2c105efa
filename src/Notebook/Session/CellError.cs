// The one renderer of what goes wrong in a cell: one sentence where there is one, else the message and the user's own frames.
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Notebook.Outputs;

namespace Notebook.Session;

/// <summary>Renders exceptions and compile errors for the reader of a notebook.</summary>
internal static partial class CellError
{
    /// <summary>The name under which an interrupt is reported.</summary>
    public const string Interrupted = "Interrupted";

    public static ErrorOutput Interruption() =>
        new(Interrupted, "The cell was interrupted.", ["The cell was interrupted."]);

    /// <summary>A sentence for the user, without type name and trace.</summary>
    public static ErrorOutput Sentence(string name, string message) =>
        new(name, message, message.ReplaceLineEndings("\n").Split('\n'));

    /// <summary>An exception with the frames that lie in cells.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isSentence">Whether the messages of a type of exception are written for the user.</param>
    public static ErrorOutput From(Exception exception, Func<Exception, bool> isSentence)
    {
        exception = Unwrap(exception);
        if (
            exception is MissingMemberException missing
            && OldVariable().Match(missing.Message) is { Success: true } old
        )
        {
            return Sentence(
                "CommandException",
                $"The variable {old.Groups["name"].Value} holds a value of a type whose cell was run again since: run the cell again that makes it."
            );
        }

        if (exception is InsufficientExecutionStackException)
        {
            return Sentence(
                exception.GetType().Name,
                $"The stack is full: recursion goes too deep{Deepest(exception)}. Give it an end that it reaches, or write it as a loop."
            );
        }

        if (exception is DllNotFoundException library && NativeLibraries.Explain(library) is { } missingLibrary)
        {
            return Sentence(exception.GetType().Name, missingLibrary);
        }

        if (exception is CultureNotFoundException && Cultures.WhyNot is { } why)
        {
            return Sentence(exception.GetType().Name, $"This process has {why}.");
        }

        if (isSentence(exception))
        {
            return Sentence(exception.GetType().Name, exception.Message);
        }

        var lines = new List<string>();
        for (var current = exception; current is not null; current = current.InnerException)
        {
            var label = lines.Count == 0 ? "" : "caused by ";
            lines.AddRange($"{label}{current.GetType().Name}: {current.Message}".ReplaceLineEndings("\n").Split('\n'));
            lines.AddRange(Frames(current));
        }

        return new ErrorOutput(exception.GetType().Name, exception.Message, lines);
    }

    /// <summary>Compile errors with the line and column of the cell, each with its line of code and a caret below it.</summary>
    /// <param name="errors">The errors; at least one.</param>
    /// <param name="cellText">The text that they are in.</param>
    /// <param name="place">Where that stands (<see cref="CodePlace"/>); a file is named, the cell itself need not be.</param>
    public static ErrorOutput From(IReadOnlyList<CellDiagnostic> errors, string cellText, string place)
    {
        const int Shown = 5;
        var file = CodePlace.FileOf(place);
        var where = file is null ? "" : $"{file}, ";
        var source = cellText.ReplaceLineEndings("\n").Split('\n');
        var lines = new List<string>();
        foreach (var error in errors.Take(Shown))
        {
            lines.Add($"{where}line {error.Line}, column {error.Column}: {error.Id}: {error.Message}");
            if (error.Line <= source.Length)
            {
                var code = source[error.Line - 1];
                var before = code[..Math.Min(error.Column - 1, code.Length)];
                var width = Math.Clamp(error.Length, 1, Math.Max(1, code.Length - before.Length));
                lines.Add("    " + code);
                lines.Add("    " + string.Concat(before.Select(c => c == '\t' ? '\t' : ' ')) + new string('^', width));
            }
        }

        if (errors.Count > Shown)
        {
            lines.Add($"and {errors.Count - Shown} more.");
        }

        var first = errors[0];
        return new ErrorOutput(
            "CompilationError",
            $"{file}({first.Line},{first.Column}): {first.Id}: {first.Message}",
            lines
        );
    }

    private static Exception Unwrap(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var only] } => Unwrap(only),
            TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
            TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
            _ => exception,
        };

    private static IEnumerable<string> Frames(Exception exception)
    {
        const int Shown = 12;
        var frames = new List<string>();
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (Place(frame) is { } place && frames.LastOrDefault() != $"    at {place}")
            {
                frames.Add($"    at {place}");
            }
        }

        return frames.Count <= Shown ? frames : [.. frames.Take(Shown), $"    and {frames.Count - Shown} more"];
    }

    private static string Deepest(Exception exception) =>
        new StackTrace(exception, fNeedFileInfo: true).GetFrames().Select(Place).OfType<string>().FirstOrDefault()
            is { } place
            ? $" at {place}"
            : "";

    /// <summary>Where in a cell a frame is; null when it is elsewhere.</summary>
    private static string? Place(StackFrame frame) =>
        frame.GetFileName() is { } file && CodePlace.Said(file) is { } place && frame.GetFileLineNumber() > 0
            ? $"{Caller(frame.GetMethod())}{place}, line {frame.GetFileLineNumber()}"
            : null;

    /// <summary>The method's name as the user wrote it; empty for the top level of a cell.</summary>
    private static string Caller(MethodBase? method)
    {
        var type = method?.DeclaringType;
        if (method is null || type is null)
        {
            return "";
        }

        var generated = GeneratedName().Match(method.Name is "MoveNext" ? type.Name : method.Name);
        var name = generated.Success
            ? generated.Groups["local"].Success
                ? generated.Groups["local"].Value
                : generated.Groups["name"].Value
            : method.Name;
        if (name is "<Initialize>" or "Initialize" or ".ctor" or "<Factory>" && TypeNames.IsSubmission(type))
        {
            return "";
        }

        var owner = type;
        while (owner is { DeclaringType: not null } && owner.Name.StartsWith('<'))
        {
            owner = owner.DeclaringType;
        }

        return name is "<Initialize>" or "Initialize" ? ""
            : TypeNames.IsSubmission(owner) ? $"{name}, "
            : $"{owner.Name}.{name}, ";
    }

    // Compiler-made names: <Main>d__0 (state machine), <Outer>g__Local|0_0 (local function), <Outer>b__0_0 (lambda).
    [GeneratedRegex(@"^<+(?<name>[^>]*)>+(g__(?<local>\w+)\||[a-z]__)")]
    private static partial Regex GeneratedName();

    [GeneratedRegex(@"'Submission#\d+\.(?<name>\w+)'")]
    private static partial Regex OldVariable();
}

/// <summary>A compile error at a place in a cell; line and column count from one.</summary>
internal sealed record CellDiagnostic(string Id, string Message, int Line, int Column, int Length)
{
    public static CellDiagnostic From(Diagnostic diagnostic, LinePositionSpan span)
    {
        var oneLine = span.Start.Line == span.End.Line;
        return new CellDiagnostic(
            diagnostic.Id,
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture),
            span.Start.Line + 1,
            span.Start.Character + 1,
            oneLine ? span.End.Character - span.Start.Character : 1
        );
    }
}
