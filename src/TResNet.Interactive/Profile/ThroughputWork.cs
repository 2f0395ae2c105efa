using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>One run of the throughput command.</summary>
internal sealed class ThroughputWork(INotebook notebook, Measurements measurements)
{
    private readonly List<ThroughputCurve> curves = [];
    private readonly List<(string Model, IReadOnlyList<long> Image, ThroughputOptions Way)> asked = [];
    private readonly HashSet<string> drawn = [];
    private readonly LiveLine line = new(notebook);
    private string? notKept;
    private bool interrupted;

    /// <summary>How each network is timed: a curve each.</summary>
    public required IReadOnlyList<ThroughputOptions> Ways { get; init; }

    public required IReadOnlyList<int> BatchSizes { get; init; }

    public required string Device { get; init; }

    public bool Again { get; init; }

    /// <summary>What files of other machines hold.</summary>
    public IReadOnlyList<(string File, IReadOnlyList<ThroughputResult> Results)> Others { get; init; } = [];

    /// <summary>Why it ended before the last curve, or has nothing to show of this machine, if it was not interrupted; null otherwise.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Measures each network, or reads what was measured; what is done when it is interrupted is the result.</summary>
    public ThroughputCurves Run(IReadOnlyList<MeasuredNetwork> networks, CancellationToken cancel)
    {
        var device = DeviceOption.Find(Device);
        PlannedCurve[] planned = [.. networks.SelectMany(subject => Ways.Select(way => Plan(subject, way, device)))];
        try
        {
            var measured = ThroughputSweep.Measure(
                [
                    .. planned.Select(curve => new SweepRequest(
                        () =>
                        {
                            DeviceOption.Place(curve.Subject.Built, Device);
                            return curve.Subject.Built;
                        },
                        curve.Subject.Image,
                        curve.Way,
                        curve.Missing
                    )),
                ],
                progress: new SynchronousProgress<SweepProgress>(at => Report(planned[at.Curve], at)),
                cancel: cancel
            );
            foreach (var (curve, result) in planned.Zip(measured))
            {
                Take(curve, result);
            }
        }
        finally
        {
            foreach (var subject in networks)
            {
                subject.Dispose();
            }
        }

        if (curves.Count == 0)
        {
            throw (Exception?)Ended ?? new OperationCanceledException(cancel);
        }

        if (!interrupted && curves.All(curve => curve.Results.Count == 0))
        {
            Ended ??= new TResNetException(
                $"Nothing was measured: {curves[0].Ended}; choose smaller batches or smaller images."
            );
        }

        curves.AddRange(OfOtherMachines());
        return new ThroughputCurves { Curves = curves, Interrupted = interrupted };
    }

    /// <summary>Shows the chart in place of the progress line, and the table below.</summary>
    public void Show(ThroughputCurves shown)
    {
        var parts = ThroughputViews.Of(shown).Parts.ToList();
        if (notKept is not null)
        {
            parts.Add($"The next run will measure this again: {notKept}");
        }

        foreach (var file in Others.Select(other => other.File).Where(file => !drawn.Contains(file)))
        {
            parts.Add(
                $"--results {file} adds no curve: it holds no measurement on another machine of these networks with this mode, precision, input size and batch sizes."
            );
        }

        line.Show(parts[0]);
        if (parts.Count > 1)
        {
            notebook.Display(new View { Parts = parts[1..] });
        }
    }

    private PlannedCurve Plan(MeasuredNetwork subject, ThroughputOptions options, TorchSharp.torch.Device device)
    {
        asked.Add((subject.Label, subject.Image, options));
        var remembered = Again
            ? []
            : BatchSizes
                .Select(batch => measurements.Find(subject, options with { BatchSize = batch }, device.ToString()))
                .OfType<ThroughputResult>()
                .ToArray();
        int[] missing = [.. BatchSizes.Except(remembered.Select(result => result.BatchSize))];
        var (tooLarge, ended) = Again ? (int.MaxValue, null) : WithoutRoom(subject, options, device, missing);
        return new PlannedCurve(subject, options, remembered, [.. missing.Where(batch => batch < tooLarge)], ended);
    }

    private void Take(PlannedCurve planned, SweepResult measured)
    {
        var subject = planned.Subject;
        foreach (var result in measured.Results)
        {
            // What an interrupt made short is shown, and measured anew the next time.
            if (!(measured.Interrupted && result.Shortened))
            {
                notKept ??= measurements.Keep(subject, result with { Model = subject.Label }, Again);
            }
        }

        if (measured.Needed is { } needed)
        {
            notKept ??= measurements.Keep(subject, needed with { Model = subject.Label });
        }

        Ended ??= measured.Refused;
        interrupted |= measured.Interrupted && planned.Missing.Count > 0;
        var results = measured.Results.Select(result => result with { Model = subject.Label });
        var curve = new ThroughputCurve
        {
            Model = DisplayText.Named(subject.Label, planned.Way),
            Machine = Machine.Describe(),
            Results = [.. results.Concat(planned.Remembered).OrderBy(result => result.BatchSize)],
            Remembered = planned.Remembered,
            Ended = measured.Ended ?? (measured.Interrupted ? null : planned.Ended),
        };
        if (curve.Results.Count > 0 || curve.Ended is not null)
        {
            curves.Add(curve);
        }
    }

    /// <summary>The smallest missing batch that is known to have no room, with the sentence; larger than any where none is.</summary>
    private (int Batch, string? Ended) WithoutRoom(
        MeasuredNetwork subject,
        ThroughputOptions options,
        TorchSharp.torch.Device device,
        int[] missing
    )
    {
        if (device.type != TorchSharp.DeviceType.CPU || missing.Length == 0)
        {
            return (int.MaxValue, null);
        }

        var needs = measurements.Needs(subject, options).ToArray();
        foreach (var batch in missing.Order())
        {
            if (needs.LastOrDefault(need => need.BatchSize == batch)?.NoRoom() is { } ended)
            {
                return (batch, ended);
            }
        }

        return (int.MaxValue, null);
    }

    /// <summary>What other machines measured of the same networks, the newest way of each.</summary>
    private IEnumerable<ThroughputCurve> OfOtherMachines()
    {
        var here = Machine.Hardware(Machine.Describe());
        var others = Others
            .Prepend((File: measurements.File, Results: measurements.All()))
            .SelectMany(file => file.Results.Select(result => (file.File, Result: result)))
            .Where(each => Machine.Hardware(each.Result.Machine) != here && BatchSizes.Contains(each.Result.BatchSize))
            .ToArray();
        foreach (var (model, image, options) in asked)
        {
            var fitting = others.Where(each =>
                each.Result.Model == model
                && (each.Result.Mode, each.Result.Options.Optimize) == (options.Mode, options.Optimize)
                && each.Result.Options.ComputeType == options.ComputeType
                && each.Result.InputShape.Skip(1).SequenceEqual(image)
            );
            foreach (
                var machine in fitting.GroupBy(each => (Machine.Hardware(each.Result.Machine), each.Result.Device))
            )
            {
                var way = machine
                    .GroupBy(each =>
                        (each.Result.Library, each.Result.Threads, each.Result.DataType, each.Result.MemoryFormat)
                    )
                    .MaxBy(same => same.Max(each => each.Result.Date))!
                    .GroupBy(each => each.Result.BatchSize)
                    .Select(same => same.MaxBy(each => each.Result.Date))
                    .OrderBy(each => each.Result.BatchSize)
                    .ToArray();
                drawn.UnionWith(machine.Select(each => each.File));
                ThroughputResult[] results = [.. way.Select(each => each.Result)];
                yield return new ThroughputCurve
                {
                    Model = DisplayText.Named(model, options),
                    Machine = results.MaxBy(result => result.Date)!.Machine,
                    Results = results,
                    Remembered = results,
                    Files = [.. way.Select(each => each.File).Distinct()],
                };
            }
        }
    }

    private void Report(PlannedCurve curve, SweepProgress at)
    {
        var what = at.Round switch
        {
            null => "a look at its memory",
            { Round: 0 } => curve.Way.Optimize ? "optimising, which takes some seconds" : "warming up",
            { ImagesPerSecond: var rate } round =>
                $"round {round.Round} of {round.Rounds}, {DisplayText.Rate(rate ?? 0)} images/s",
        };
        line.Show(
            new ProgressLine(
                $"{DisplayText.Named(curve.Subject.Label, curve.Way)}: batch of {at.BatchSize} ({at.Number + 1} of {at.Count}), {what}",
                at.Done
            )
        );
    }

    /// <summary>A network and the way it is timed, with what is known and what is not.</summary>
    private sealed record PlannedCurve(
        MeasuredNetwork Subject,
        ThroughputOptions Way,
        IReadOnlyList<ThroughputResult> Remembered,
        IReadOnlyList<int> Missing,
        string? Ended
    );
}
