using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Memory;

namespace TResNet.Interactive.Profile;

/// <summary>One run of the profile command with <c>--batch-size auto</c>.</summary>
internal sealed class LargestBatchWork(INotebook notebook, LargestBatchOptions options, string device)
{
    private readonly LiveLine line = new(notebook);

    /// <summary>Why it ended before the last network; null where it did not.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Whether it was interrupted before the last network was searched.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>Finds the largest training batch of each network; what is found when it is interrupted is the result.</summary>
    public IReadOnlyList<LargestBatchResult> Run(IReadOnlyList<MeasuredNetwork> subjects, CancellationToken cancel)
    {
        var results = new List<LargestBatchResult>();
        var search = options.Placed(DeviceOption.Find(device));
        try
        {
            for (var i = 0; i < subjects.Count && results is not [.., { Interrupted: true }]; i++)
            {
                cancel.ThrowIfCancellationRequested();
                using var subject = subjects[i];
                DeviceOption.Place(subject.Built, device);
                var number = i;
                var progress = new SynchronousProgress<LargestBatchProgress>(at =>
                    Report($"{subject.Label} ({number + 1} of {subjects.Count}): {Said(at)}", number, subjects.Count)
                );
                var found = LargestBatch.Find(subject.Built, subject.Image, search, progress, cancel);
                results.Add(found with { Model = subject.Label });
            }
        }
        catch (Exception ended) when (results.Count > 0 && ended is OperationCanceledException or TResNetException)
        {
            // The networks searched so far are worth showing.
            Ended = ended as TResNetException;
            Interrupted = Ended is null;
        }

        return results;
    }

    public void Show(IReadOnlyList<LargestBatchResult> results)
    {
        line.Show(LargestBatchViews.Table(results, Interrupted));
        if (LargestBatchViews.Chart(results) is { } chart)
        {
            notebook.Display(chart);
        }
    }

    private static string Said(LargestBatchProgress at) =>
        $"trying a batch of {at.BatchSize}"
        + (at.Fits > 0 ? $", {at.Fits} fits" : "")
        + (at.TooLarge is { } large ? $", {large} does not" : "");

    private void Report(string text, int number, int count) =>
        line.Show(new ProgressLine(text, number / (double)count));
}
