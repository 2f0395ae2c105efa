using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Build;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>One run of the profile command.</summary>
internal sealed class ProfileWork(
    INotebook notebook,
    Measurements measurements,
    IReadOnlyList<ThroughputOptions> options,
    string device,
    string? weights
)
{
    private const int MostRoundsOfLayers = 5;
    private readonly List<ModelSummary> summaries = [];
    private readonly List<ThroughputResult> results = [];
    private readonly List<ThroughputResult> optimised = [];
    private readonly List<LayerProfile> layerProfiles = [];
    private readonly LiveLine line = new(notebook);
    private Roofline? roof;
    private string? notKept;
    private bool interrupted;

    /// <summary>Whether layers are left out.</summary>
    public bool Totals { get; init; }

    /// <summary>Whether each network is optimised and timed again.</summary>
    public bool Optimize { get; init; }

    /// <summary>Why it ended before the last network, if it was not interrupted; null where it did not.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Measures each network in each mode; what is done when it is interrupted is the result.</summary>
    public ProfileResult Run(IReadOnlyList<MeasuredNetwork> subjects, CancellationToken cancel)
    {
        try
        {
            for (var i = 0; i < subjects.Count; i++)
            {
                using var subject = subjects[i];
                Measure(subject, i, subjects.Count, cancel);
            }
        }
        catch (Exception ended) when (results.Count > 0 && ended is OperationCanceledException or TResNetException)
        {
            // The networks measured so far are worth showing.
            Ended = ended as TResNetException;
            interrupted = Ended is null;
        }

        interrupted |= cancel.IsCancellationRequested;
        if (roof is not null && !interrupted)
        {
            // The machine may have been busy at the start; all that is shown has one roof.
            line.Show(new ProgressLine("measuring once more what the machine can do", 1));
            roof = Roofline.Again(options[0].ComputeType, DeviceOption.Find(device));
        }

        return new ProfileResult
        {
            Summaries = summaries,
            Throughputs = results,
            Optimized = optimised,
            Layers = [.. layerProfiles.Select(layers => layers with { Roof = roof! })],
            Roof = roof,
            Interrupted = interrupted,
        };
    }

    /// <summary>Shows the table in place of the progress line, and the charts below.</summary>
    public void Show(ProfileResult profile, bool layers)
    {
        line.Show(ProfileViews.Comparison(profile));
        notebook.Display(ProfileViews.Rates(profile));
        foreach (var chart in ProfileViews.Correlations(profile))
        {
            notebook.Display(chart);
        }

        foreach (var each in ProfileViews.OptimizedShown(profile))
        {
            notebook.Display(OptimizedViews.Of(each));
        }

        foreach (var each in ProfileViews.LayersShown(profile))
        {
            notebook.Display(LayerViews.Of(each));
        }

        if (notKept is not null)
        {
            notebook.Display(new View { Parts = [$"The compare command will not know these speeds: {notKept}"] });
        }

        foreach (var summary in layers ? profile.Summaries : [])
        {
            notebook.Display(ModelViews.Of(summary));
            foreach (var each in profile.Layers.Where(each => each.Model == summary.Model))
            {
                notebook.Display(
                    new View
                    {
                        Title = each.Model,
                        Subtitle = $"all layers: {DisplayText.Of(each.Mode)}, {DisplayText.Size(each.InputShape)}",
                        Parts = [LayerViews.Layers(each, int.MaxValue)],
                    }
                );
            }
        }
    }

    private void Measure(MeasuredNetwork subject, int number, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var network = subject.Built;
        StartingWeights.Load(notebook, network, weights, cancel);
        DeviceOption.Place(network, device);
        var (parts, done) = (options.Count * (1 + (Optimize ? 1 : 0) + (Totals ? 0 : 1)), 0);
        Report("counting", 0);
        var summary = Summarizer.Summarize(network, [.. subject.Image]) with { Model = subject.Label };
        Report("measuring what the machine can do", 0);
        roof = Roofline.Of(options[0].ComputeType, DeviceOption.Find(device));
        foreach (var way in options)
        {
            var mode = DisplayText.Of(way.Mode);
            results.Add(Timed(way, mode, "warming up"));
            if (way == options[0])
            {
                summaries.Add(summary);
            }

            if (Optimize)
            {
                optimised.Add(Timed(way with { Optimize = true }, "optimised", "optimising, which takes some seconds"));
            }

            if (!Totals)
            {
                var progress = new SynchronousProgress<LayerProgress>(at => Report($"{mode}, {at.What}", at.Done));
                var few = way with { Rounds = Math.Min(way.Rounds, MostRoundsOfLayers) };
                var layers = LayerProfiler.Measure(network, subject.Image, few, progress, cancel);
                layerProfiles.Add(layers with { Model = subject.Label });
                done++;
            }
        }

        ThroughputResult Timed(ThroughputOptions way, string what, string first)
        {
            var progress = new SynchronousProgress<ThroughputProgress>(at =>
                Report(
                    at.Round == 0
                        ? $"{what}, {first}"
                        : $"{what}, round {at.Round} of {at.Rounds}, {DisplayText.Rate(at.ImagesPerSecond ?? 0)} images/s",
                    at.Round / (double)at.Rounds
                )
            );
            var result = ThroughputProfiler.Measure(network, subject.Image, way, progress, cancel) with
            {
                Model = subject.Label,
            };
            // What an interrupt made short does not take the place of what was measured whole.
            if (!(cancel.IsCancellationRequested && result.Shortened))
            {
                notKept ??= measurements.Keep(subject, result);
            }

            done++;
            return result;
        }

        void Report(string what, double part) =>
            line.Show(
                new ProgressLine(
                    $"{subject.Label} ({number + 1} of {count}): {what}",
                    (number + (done + part) / parts) / count
                )
            );
    }
}
