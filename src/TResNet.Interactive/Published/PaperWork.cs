using Notebook;
using TResNet.Building;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Published;

/// <summary>One run of the paper command on a table: what was measured before, and what is measured now.</summary>
internal sealed class PaperWork(INotebook notebook, Measurements measurements, PaperTable table)
{
    // What was measured is kept after each group, so that an interrupt costs one group at most.
    private const int MostTogether = 4;

    private readonly LiveLine line = new(notebook);
    private readonly Dictionary<(string Label, ThroughputMode Mode), ThroughputResult> found = [];
    private string? notKept;

    /// <summary>How rows are timed, one for each mode; the modes of the table that are asked for.</summary>
    public required IReadOnlyList<ThroughputOptions> Ways { get; init; }

    public required string Device { get; init; }

    /// <summary>Whether what is missing is measured, and not shown as missing.</summary>
    public bool Measure { get; init; }

    /// <summary>Whether what this build measured before is measured anew.</summary>
    public bool Again { get; init; }

    /// <summary>Why it ended before all was measured, if it was not interrupted; null otherwise.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>The table with what is known of this machine; what is done when it is interrupted is the result.</summary>
    public PaperMeasurement Run(CancellationToken cancel)
    {
        var subjects = table
            .Rows.Where(row => row.Network is not null)
            .ToDictionary(row => row, row => MeasuredNetwork.Of(notebook, row.Network!, row.InputSize));
        var interrupted = false;
        try
        {
            var wanted = Wanted([.. subjects.Values.DistinctBy(subject => (subject.Label, Size(subject)))]);
            if (Measure && wanted.Count > 0)
            {
                Time(wanted, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            interrupted = true;
        }
        finally
        {
            foreach (var subject in subjects.Values)
            {
                subject.Dispose();
            }
        }

        return new PaperMeasurement
        {
            Table = table,
            Rows = [.. table.Rows.Select(row => Row(row, subjects.GetValueOrDefault(row)))],
            Interrupted = interrupted,
        };
    }

    /// <summary>Shows the table in place of the progress line.</summary>
    public void Show(PaperMeasurement measurement)
    {
        var view = PaperViews.Of(measurement);
        line.Show(
            notKept is null
                ? view
                : view with
                {
                    Parts = [.. view.Parts, $"The next run will measure this again: {notKept}"],
                }
        );
    }

    /// <summary>What has to be measured; the rest is remembered.</summary>
    private List<(MeasuredNetwork Subject, ThroughputOptions Way)> Wanted(IReadOnlyList<MeasuredNetwork> subjects)
    {
        var device = DeviceOption.Find(Device).ToString();
        var wanted = new List<(MeasuredNetwork, ThroughputOptions)>();
        foreach (var way in Ways)
        {
            foreach (var subject in subjects)
            {
                var result = Measure ? measurements.Find(subject, way, device) : Newest(subject, way, device);
                if (result is not null && !Again)
                {
                    found[(Key(subject), way.Mode)] = result;
                }
                else
                {
                    wanted.Add((subject, way));
                }
            }
        }

        return wanted;
    }

    /// <summary>The newest measurement of the same kind, of whatever build.</summary>
    private ThroughputResult? Newest(MeasuredNetwork subject, ThroughputOptions way, string device) =>
        measurements
            .Here()[subject.Label]
            .Where(result =>
                (result.Mode, result.Options.Optimize, result.Device) == (way.Mode, false, device)
                && result.Options.ComputeType == way.ComputeType
                && result.Threads == TorchSharp.torch.get_num_threads()
                && result.InputShape.SequenceEqual([way.BatchSize, .. subject.Image])
            )
            .MaxBy(result => result.Date);

    private void Time(IReadOnlyList<(MeasuredNetwork Subject, ThroughputOptions Way)> wanted, CancellationToken cancel)
    {
        var done = 0;
        foreach (var group in wanted.GroupBy(each => each.Way.Mode).SelectMany(mode => mode.Chunk(MostTogether)))
        {
            var comparison = new ThroughputComparison([
                .. group.Select(each => new TimingRequest(() => Placed(each.Subject), each.Subject.Image, each.Way)),
            ])
            {
                Progress = at => Report(group[at.Number], at, (done + at.Done * group.Length) / wanted.Count),
            };
            try
            {
                comparison.Run(cancel);
            }
            finally
            {
                Keep(group, comparison.Outcomes, cancel);
            }

            done += group.Length;
        }
    }

    private Network Placed(MeasuredNetwork subject)
    {
        DeviceOption.Place(subject.Built, Device);
        return subject.Built;
    }

    private void Keep(
        (MeasuredNetwork Subject, ThroughputOptions Way)[] group,
        IReadOnlyList<TimingOutcome> outcomes,
        CancellationToken cancel
    )
    {
        foreach (var ((subject, way), outcome) in group.Zip(outcomes))
        {
            Ended ??= outcome.Refused;
            // What an interrupt made short does not take the place of what was measured whole.
            if (outcome.Result is { } result && !(cancel.IsCancellationRequested && result.Shortened))
            {
                var named = result with { Model = subject.Label };
                notKept ??= measurements.Keep(subject, named, Again);
                found[(Key(subject), way.Mode)] = named;
            }
        }
    }

    private MeasuredRow Row(PaperRow row, MeasuredNetwork? subject)
    {
        var measured = new MeasuredRow { Published = row };
        return subject is null
            ? measured
            : Ways.Aggregate(measured, (each, way) => each.With(found.GetValueOrDefault((Key(subject), way.Mode))));
    }

    private void Report((MeasuredNetwork Subject, ThroughputOptions Way) each, ComparisonProgress at, double share)
    {
        var what = at.ImagesPerSecond is { } rate
            ? $"round {at.Round} of {at.Rounds}, {DisplayText.Rate(rate)} images/s"
            : "warming up";
        line.Show(new ProgressLine($"{each.Subject.Label}: {DisplayText.Of(each.Way.Mode)}, {what}", share));
    }

    private static string Key(MeasuredNetwork subject) => $"{subject.Label}@{Size(subject)}";

    private static long Size(MeasuredNetwork subject) => subject.Image[^1];
}
