using System.Text.Json.Serialization;
using Notebook.Outputs;

namespace TResNet.Cli;

/// <summary>How a code cell of a notebook among several ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CellStatus>))]
internal enum CellStatus
{
    /// <summary>The run ended before it.</summary>
    NotRun,

    /// <summary>It runs.</summary>
    Started,

    /// <summary>It ran to its end, or raised the error that its tag allows.</summary>
    Ran,

    /// <summary>It ended in an error.</summary>
    Failed,

    /// <summary>The process ended in it.</summary>
    Crashed,

    /// <summary>It was interrupted from outside.</summary>
    Interrupted,

    /// <summary>Its tag says that it does not run.</summary>
    Skipped,

    /// <summary>It is in a language that does not run here.</summary>
    PassedOver,
}

/// <summary>A code cell and how it ended.</summary>
/// <param name="Number">The code cell, from one.</param>
/// <param name="Title">Its first line.</param>
/// <param name="Language">Its language, by kernel name.</param>
/// <param name="Source">Its text.</param>
internal sealed record CellOutcome(int Number, string Title, string Language, string Source)
{
    /// <summary>How it ended.</summary>
    public CellStatus Status { get; init; }

    /// <summary>How long it ran, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The error that it ended in; null for none.</summary>
    public ErrorOutput? Error { get; init; }

    /// <summary>Whether it raised what it is there for, by its tag.</summary>
    public bool Raised { get; init; }

    /// <summary>Why it did not run, in a few words; null where it did.</summary>
    public string? Reason { get; init; }

    /// <summary>What it wrote to the console.</summary>
    public string Printed { get; init; } = "";

    /// <summary>All that it showed as text, what it wrote among it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether it is what makes a run a failed one.</summary>
    [JsonIgnore]
    public bool IsFailure => Status is CellStatus.Failed or CellStatus.Crashed or CellStatus.Interrupted;
}

/// <summary>A notebook and how its cells ended.</summary>
/// <param name="File">The notebook.</param>
/// <param name="Cells">Its code cells; none where it could not be read.</param>
/// <param name="Elapsed">How long it took, the start of its process included.</param>
internal sealed record NotebookOutcome(NotebookFile File, IReadOnlyList<CellOutcome> Cells, TimeSpan Elapsed)
{
    /// <summary>What went wrong outside of cells, in one sentence: it could not be read, or its process ended between them; null for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Whether it ran to its end without a failure.</summary>
    public bool Succeeded => Problem is null && !Cells.Any(cell => cell.IsFailure) && Count(CellStatus.NotRun) == 0;

    /// <summary>The first thing that went wrong, on one line; null for nothing.</summary>
    public string? FirstError =>
        Problem
        ?? (
            Cells.FirstOrDefault(cell => cell.IsFailure) is { Error: { } error } cell
                ? $"cell {cell.Number}: {OneLine(error)}"
                : null
        );

    /// <summary>How many cells ended so.</summary>
    public int Count(CellStatus status) => Cells.Count(cell => cell.Status == status);

    // The message of a compilation begins with its place and number, which say more than the name of the kind.
    private static string OneLine(ErrorOutput error)
    {
        var message = string.Join(' ', error.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return message.Length == 0 ? error.Name : message;
    }
}
