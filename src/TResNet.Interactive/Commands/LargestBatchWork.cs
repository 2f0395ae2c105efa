using Notebook;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

/// <summary>One run of the profile command with <c>--batch-size auto</c>.</summary>
internal sealed class LargestBatchWork(INotebook notebook, LargestBatchOptions options, string device)
{
    private IDisplayedValue? line;

    /// <summary>Finds the largest training batch of each network; what is found when it is interrupted is the result.</summary>
    public IReadOnlyList<LargestBatchResult> Run(IReadOnlyList<Subject> subjects, CancellationToken cancel)
    {
        var results = new List<LargestBatchResult>();
        try
        {
            for (var i = 0; i < subjects.Count && results is not [.., { Interrupted: true }]; i++)
            {
                cancel.ThrowIfCancellationRequested();
                using var subject = subjects[i];
                DeviceOption.Place(subject.Network, device);
                var number = i;
                var progress = new Progress(at =>
                    Report($"{subject.Label} ({number + 1} of {subjects.Count}): {Said(at)}", number, subjects.Count)
                );
                var found = LargestBatch.Find(subject.Network, subject.Image, options, progress, cancel);
                results.Add(found with { Model = subject.Label });
            }
        }
        catch (OperationCanceledException) when (results.Count > 0)
        {
            // The networks searched so far are worth showing.
        }

        return results;
    }

    public void Show(IReadOnlyList<LargestBatchResult> results)
    {
        var table = LargestBatchViews.Table(results);
        if (line is null)
        {
            notebook.Display(table);
        }
        else
        {
            line.Update(table);
        }

        if (LargestBatchViews.Chart(results) is { } chart)
        {
            notebook.Display(chart);
        }
    }

    private static string Said(LargestBatchProgress at) =>
        $"trying a batch of {at.BatchSize}"
        + (at.Fits > 0 ? $", {at.Fits} fits" : "")
        + (at.TooLarge is { } large ? $", {large} does not" : "");

    private void Report(string text, int number, int count)
    {
        var shown = new ProgressLine(text, number / (double)count);
        if (line is null)
        {
            line = notebook.Display(shown);
        }
        else
        {
            line.Update(shown);
        }
    }

    private sealed class Progress(Action<LargestBatchProgress> report) : IProgress<LargestBatchProgress>
    {
        public void Report(LargestBatchProgress value) => report(value);
    }
}
