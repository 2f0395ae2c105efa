// What a front end asks about code that is not run: Tab, the tooltip, and whether Enter runs the cell.
namespace Notebook.Language;

/// <summary>
/// Answers questions about a cell's text. Positions count UTF-16 units from 0 to the text's length. The methods may be called
/// from several threads at once and while a cell runs, and must not throw for text that makes no sense.
/// </summary>
public interface ILanguageService
{
    /// <summary>What can stand at a position.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">Where the cursor is.</param>
    CompletionList Complete(string code, int position);

    /// <summary>What is known about the thing at a position, as Markdown; null when there is nothing to say.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">Where the cursor is.</param>
    /// <param name="detail">0 for what a tooltip shows, 1 for more.</param>
    string? Inspect(string code, int position, int detail);

    /// <summary>Whether Enter should run the text or begin a new line.</summary>
    /// <param name="code">The cell's text.</param>
    Completeness IsComplete(string code);
}

/// <summary>The completions at a position.</summary>
/// <param name="Start">Where the text begins that a completion replaces.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Items">The completions, best first.</param>
public sealed record CompletionList(int Start, int End, IReadOnlyList<CompletionEntry> Items)
{
    /// <summary>No completions.</summary>
    /// <param name="position">Where the cursor is.</param>
    public static CompletionList None(int position) => new(position, position, []);

    /// <summary>The same, for a text that this one's text is a part of.</summary>
    internal CompletionList Moved(int by) => this with { Start = Start + by, End = End + by };
}

/// <summary>One completion.</summary>
/// <param name="Label">What a list of completions shows.</param>
/// <param name="Text">What replaces the text between start and end.</param>
/// <param name="Kind">One word that a front end may show beside it, such as <c>method</c>, <c>magic</c> or <c>file</c>.</param>
public sealed record CompletionEntry(string Label, string Text, string Kind);

/// <summary>Whether a text can be run as it is.</summary>
public enum CompletenessStatus
{
    /// <summary>It can.</summary>
    Complete,

    /// <summary>A line more may complete it.</summary>
    Incomplete,

    /// <summary>No line more can make it right.</summary>
    Invalid,
}

/// <summary>Whether a text can be run as it is, and how it would go on.</summary>
/// <param name="Status">Whether it can.</param>
/// <param name="Indent">What the next line begins with, when it is incomplete.</param>
public sealed record Completeness(CompletenessStatus Status, string Indent = "");
