// What a front end does with a stream of outputs, done once: text of one stream joined, updates put in place of what
// they replace, cleared outputs dropped.
using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Outputs;

namespace Notebook.Runner;

/// <summary>Folds the outputs of a run's cells into what is on show at its end.</summary>
internal sealed class OutputCollector
{
    private readonly Lock gate = new();
    private readonly Dictionary<NotebookCell, Shown> cells = [];

    /// <summary>The sink of a cell; it may be called after the cell has ended.</summary>
    public Action<Output> SinkOf(NotebookCell cell)
    {
        var shown = new Shown();
        lock (gate)
        {
            cells[cell] = shown;
        }

        return output =>
        {
            lock (gate)
            {
                Add(shown, output);
            }
        };
    }

    /// <summary>Puts what a cell shows into the document.</summary>
    public void Store()
    {
        lock (gate)
        {
            foreach (var (cell, shown) in cells)
            {
                var outputs = shown.Outputs.Select(output => OutputJson.Write(output, cell.ExecutionCount ?? 0));
                cell.Outputs = new JsonArray([.. outputs.Where(output => output is not null)]);
            }
        }
    }

    private void Add(Shown cell, Output output)
    {
        if (output is DisplayUpdate update)
        {
            Replace(update);
            return;
        }

        if (output is ClearOutput { Wait: var wait })
        {
            cell.ClearAtNext = wait;
            if (!wait)
            {
                cell.Outputs.Clear();
            }

            return;
        }

        if (cell.ClearAtNext)
        {
            cell.Outputs.Clear();
            cell.ClearAtNext = false;
        }

        if (output is StreamOutput next && cell.Outputs is [.., StreamOutput last] && last.Stream == next.Stream)
        {
            cell.Outputs[^1] = last with { Text = last.Text + next.Text };
        }
        else
        {
            cell.Outputs.Add(output);
        }
    }

    private void Replace(DisplayUpdate update)
    {
        foreach (var outputs in cells.Values.Select(cell => cell.Outputs))
        {
            for (var at = 0; at < outputs.Count; at++)
            {
                if (outputs[at] is DisplayOutput display && display.DisplayId == update.DisplayId)
                {
                    outputs[at] = display with { Data = update.Data, Metadata = update.Metadata };
                }
            }
        }
    }

    private sealed class Shown
    {
        public List<Output> Outputs { get; } = [];

        public bool ClearAtNext { get; set; }
    }
}
