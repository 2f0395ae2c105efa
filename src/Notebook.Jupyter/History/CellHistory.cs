// Messaging spec, "History".
using System.Text.RegularExpressions;
using Notebook.Jupyter.Kernel;

namespace Notebook.Jupyter.History;

/// <summary>
/// The cells of this session and of those before. Without a file that can be written it knows this session alone. Safe to
/// use from several threads.
/// </summary>
internal sealed class CellHistory(HistoryFile file, KernelLog log)
{
    // What is remembered of results, which are asked for rarely.
    private const int MostOutputs = 1000;
    private const int LongestOutput = 10_000;

    private readonly Lock gate = new();
    private readonly List<HistoryEntry> own = [];
    private readonly Queue<int> withOutput = [];
    private readonly Dictionary<int, string> outputs = [];
    private int session;
    private bool kept = true;

    /// <summary>Adds a cell of this session.</summary>
    public void Add(int line, string input)
    {
        lock (gate)
        {
            Begin();
            var entry = new HistoryEntry(session, line, input);
            own.Add(entry);
            Keep(() => file.Add(entry));
        }
    }

    /// <summary>Adds what a cell of this session resulted in.</summary>
    public void AddOutput(int line, string text)
    {
        lock (gate)
        {
            outputs[line] = text.Length > LongestOutput ? text[..LongestOutput] : text;
            withOutput.Enqueue(line);
            if (withOutput.Count > MostOutputs)
            {
                outputs.Remove(withOutput.Dequeue());
            }
        }
    }

    /// <summary>The last cells.</summary>
    public IReadOnlyList<HistoryEntry> Tail(int count) => [.. All().TakeLast(count)];

    /// <summary>Cells of one session.</summary>
    /// <param name="of">Its number; 0 for this session, negative numbers count back from it.</param>
    /// <param name="start">The first line.</param>
    /// <param name="stop">The line after the last one; null for all.</param>
    public IReadOnlyList<HistoryEntry> Range(int of, int start, int? stop)
    {
        lock (gate)
        {
            Begin();
            of = of > 0 ? of : session + of;
        }

        return
        [
            .. All().Where(entry => entry.Session == of && entry.Line >= start && (stop is null || entry.Line < stop)),
        ];
    }

    /// <summary>Cells whose whole text matches a pattern.</summary>
    /// <param name="pattern"><c>*</c> stands for any text, <c>?</c> for one character.</param>
    /// <param name="count">How many of the last ones; null for all.</param>
    /// <param name="unique">Whether of equal cells only the last is wanted.</param>
    public IReadOnlyList<HistoryEntry> Search(string pattern, int? count, bool unique)
    {
        var glob = new Regex(
            $"^{Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".")}\\z",
            RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
        );
        var found = All().Where(entry => glob.IsMatch(entry.Input)).Reverse();
        if (unique)
        {
            found = found.DistinctBy(entry => entry.Input);
        }

        return [.. found.Take(count ?? int.MaxValue).Reverse()];
    }

    private List<HistoryEntry> All()
    {
        lock (gate)
        {
            Begin();
            var entries = kept ? file.Read() : own;
            return
            [
                .. entries.Select(entry =>
                    entry.Session == session ? entry with { Output = outputs.GetValueOrDefault(entry.Line) } : entry
                ),
            ];
        }
    }

    private void Begin()
    {
        if (session == 0)
        {
            session = 1;
            Keep(() => session = file.BeginSession());
        }
    }

    private void Keep(Action write)
    {
        if (!kept)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            kept = false;
            log.Write($"The history is kept for this session only: {exception.Message}");
        }
    }
}
