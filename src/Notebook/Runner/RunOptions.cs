using Notebook.Documents;

namespace Notebook.Runner;

/// <summary>How a notebook is run without a front end.</summary>
public sealed record RunOptions
{
    private readonly TimeSpan? cellTimeout;

    /// <summary>What is set in place of the notebook's defaults; null for nothing.</summary>
    public NotebookParameters? Parameters { get; init; }

    /// <summary>
    /// How long a cell may take, as nbclient's and papermill's timeouts are per cell; null, the default, for as long as it likes. The cell
    /// is interrupted and the run ends with what there is.
    /// </summary>
    /// <exception cref="CommandException">The time is not above zero, or above 24 days.</exception>
    public TimeSpan? CellTimeout
    {
        get => cellTimeout;
        init =>
            cellTimeout =
                value is { } time && (time <= TimeSpan.Zero || time > TimeSpan.FromDays(24))
                    ? throw new CommandException(
                        $"The timeout is {time.TotalSeconds:0.###} s, but it has to be above 0 and at most 24 days."
                    )
                    : value;
    }

    /// <summary>
    /// Whether the run goes on after a cell that fails, as nbclient's <c>allow_errors</c>. It still ends at an interrupt, and at a cell that takes
    /// too long and cannot be interrupted.
    /// </summary>
    public bool AllowErrors { get; init; }

    /// <summary>What is done at cells in languages that do not run here. Default: they are passed over.</summary>
    public OtherLanguages OtherLanguages { get; init; }

    /// <summary>Whether pages are to run nothing of what cells show and Markdown has. Default: what the cells could do, their outputs may.</summary>
    public bool SanitizePages { get; init; }

    /// <summary>Told the code cells, parameters among them, before the first one starts.</summary>
    public Action<IReadOnlyList<NotebookCell>>? Starting { get; init; }

    /// <summary>Told when a cell starts and ends.</summary>
    public Action<RunProgress>? Progress { get; init; }

    /// <summary>Told a sentence about what looks like a mistake but does not stop the run.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>How often files are renewed while a cell runs; notebooks also are after every cell. Default 30 s, as papermill's.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an interrupted cell may go on before the run ends without it. Default 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}
