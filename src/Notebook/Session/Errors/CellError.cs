// The one renderer of what goes wrong in a cell: one sentence where there is one, else the message and the user's own frames.
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Notebook.Outputs;
using Notebook.Session.Assemblies;
using Notebook.Session.Execution;
using Notebook.Session.Formatting;

namespace Notebook.Session.Errors;

/// <summary>Renders exceptions and compile errors for the reader of a notebook.</summary>
internal static partial class CellError
{
    /// <summary>The name under which an interrupt is reported.</summary>
    public const string Interrupted = "Interrupted";

    private const string NativeFrames = "\nException raised from ";

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
                $"The stack is full: recursion goes too deep{(CellStackTrace.Deepest(exception) is { } place ? $" at {place}" : "")}. Give it an end that it reaches, or write it as a loop."
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
            // One of a magic has no place in C#.
            var sentence = Sentence(exception.GetType().Name, WithoutNativeFrames(exception.Message));
            return sentence with { Traceback = [.. sentence.Traceback, .. CellStackTrace.Frames(exception)] };
        }

        var lines = new List<string>();
        for (var current = exception; current is not null; current = current.InnerException)
        {
            var label = lines.Count == 0 ? "" : "caused by ";
            lines.AddRange($"{label}{current.GetType().Name}: {current.Message}".ReplaceLineEndings("\n").Split('\n'));
            lines.AddRange(CellStackTrace.Frames(current));
        }

        return new ErrorOutput(exception.GetType().Name, exception.Message, lines);
    }

    /// <summary>Compile errors with the line and column of the cell, each with its line of code and a caret below it.</summary>
    /// <param name="errors">The errors; at least one.</param>
    /// <param name="cell">The cell that they are in; a file is named, the cell itself need not be.</param>
    public static ErrorOutput From(IReadOnlyList<CellDiagnostic> errors, CellSource cell)
    {
        const int Shown = 5;
        var file = CodeLocation.FileOf(cell.Location);
        var where = file is null ? "" : $"{file}, ";
        var source = cell.CellText.ReplaceLineEndings("\n").Split('\n');
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

    // Where in C++ it was thrown helps nobody who writes C#.
    private static string WithoutNativeFrames(string message) =>
        message.IndexOf(NativeFrames, StringComparison.Ordinal) is > 0 and var end ? message[..end].TrimEnd() : message;

    private static Exception Unwrap(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var only] } => Unwrap(only),
            TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
            TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
            _ => exception,
        };

    [GeneratedRegex(@"'Submission#\d+\.(?<name>\w+)'")]
    private static partial Regex OldVariable();
}
