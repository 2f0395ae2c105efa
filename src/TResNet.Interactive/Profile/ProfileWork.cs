using Notebook;
using TResNet.Building;
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
    NamedWeights? weights
)
{
    private const int MostRoundsOfLayers = 5;
    private readonly List<ModelSummary> summaries = [];
    private readonly List<ThroughputResult> results = [];
    private readonly List<ThroughputResult> optimised = [];
    private readonly List<LayerProfile> layerProfiles = [];
    private readonly LiveLine line = new(notebook);
    private Roofline? roof;
    private MachineCeiling? ceiling;
    private string? notKept;
    private bool interrupted;

    /// <summary>Whether layers are left out.</summary>
    public bool Totals { get; init; }

    /// <summary>Whether each network is optimised and timed again.</summary>
    public bool Optimize { get; init; }

    /// <summary>Why it ended before the last network, if it was not interrupted; null where it did not.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Measures the networks in turns in each mode; what is done when it is interrupted is the result.</summary>
    public ProfileResult Run(IReadOnlyList<MeasuredNetwork> subjects, CancellationToken cancel)
    {
        var requests = subjects.SelectMany(subject => Ways().Select(way => (Subject: subject, Way: way))).ToArray();
        var comparison = new ThroughputComparison([
            .. requests.Select(each => new TimingRequest(
                () => Ready(each.Subject, cancel),
                each.Subject.Image,
                each.Way
            )),
        ])
        {
            Progress = at => Report(requests[at.Number].Subject.Label, requests[at.Number].Way, at),
            Done = (numbers, outcomes) => AfterTurns(numbers, outcomes, cancel),
        };
        try
        {
            var place = DeviceOption.Find(device);
            line.Show(new ProgressLine("measuring what the machine can do", 0));
            roof = Totals ? null : Roofline.Of(options[0].ComputeType, place);
            ceiling = roof?.Ceiling ?? Roofline.CeilingOf(options[0].ComputeType, place);
            comparison.Run(cancel);
        }
        catch (Exception ended) when (ended is OperationCanceledException or TResNetException)
        {
            // The networks measured so far are worth showing.
            Ended = ended as TResNetException;
            interrupted = Ended is null;
        }

        foreach (var ((subject, way), outcome) in requests.Zip(comparison.Outcomes))
        {
            Ended ??= outcome.Refused;
            if (outcome.Result is { } result)
            {
                (way.Optimize ? optimised : results).Add(result with { Model = subject.Label });
                // What an interrupt made short does not take the place of what was measured whole.
                if (!(cancel.IsCancellationRequested && result.Shortened))
                {
                    notKept ??= measurements.Keep(subject, result with { Model = subject.Label });
                }
            }
        }

        foreach (var subject in subjects)
        {
            subject.Dispose();
        }

        if (results.Count == 0)
        {
            throw (Exception?)Ended ?? new OperationCanceledException(cancel);
        }

        interrupted |= cancel.IsCancellationRequested;
        if (ceiling is not null && !interrupted)
        {
            // The machine may have been busy at the start; all that is shown has one roof.
            line.Show(new ProgressLine("measuring once more what the machine can do", 1));
            var place = DeviceOption.Find(device);
            roof = Totals ? null : Roofline.Again(options[0].ComputeType, place);
            ceiling = roof?.Ceiling ?? Roofline.CeilingAgain(options[0].ComputeType, place);
        }

        return new ProfileResult
        {
            Summaries = [.. summaries.Where(summary => results.Any(result => result.Model == summary.Model))],
            Throughputs = results,
            Optimized = optimised,
            Layers = [.. layerProfiles.Select(layers => layers with { Roof = roof! })],
            Ceiling = ceiling,
            Interrupted = interrupted,
        };

        // The layers of networks that were timed, which need the machine for themselves.
        void AfterTurns(IReadOnlyList<int> numbers, IReadOnlyList<TimingOutcome> outcomes, CancellationToken stop)
        {
            foreach (var subject in numbers.Select(number => requests[number].Subject).Distinct())
            {
                if (
                    !Totals
                    && numbers.Any(number => requests[number].Subject == subject && outcomes[number].Result is not null)
                )
                {
                    LookInside(subject, stop);
                }

                // The first is timed with all others.
                if (
                    subject != subjects[0]
                    && numbers[^1] == Array.FindLastIndex(requests, each => each.Subject == subject)
                )
                {
                    subject.Dispose();
                }
            }
        }
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

    private IEnumerable<ThroughputOptions> Ways() =>
        options.SelectMany(way => Optimize ? [way, way with { Optimize = true }] : (ThroughputOptions[])[way]);

    /// <summary>The network with its weights on its device, counted.</summary>
    private Network Ready(MeasuredNetwork subject, CancellationToken cancel)
    {
        var network = subject.Built;
        if (summaries.All(summary => summary.Model != subject.Label))
        {
            StartingWeights.Load(notebook, network, weights);
            weights?.Show(notebook);
            DeviceOption.Place(network, device);
            summaries.Add(Summarizer.Summarize(network, [.. subject.Image]) with { Model = subject.Label });
        }

        return network;
    }

    private void LookInside(MeasuredNetwork subject, CancellationToken cancel)
    {
        foreach (var way in options)
        {
            var few = way with { Rounds = Math.Min(way.Rounds, MostRoundsOfLayers) };
            var progress = new SynchronousProgress<LayerProgress>(at =>
                line.Show(new ProgressLine($"{subject.Label}: {DisplayText.Of(way.Mode)}, {at.What}", at.Done))
            );
            layerProfiles.Add(
                LayerProfiler.Measure(subject.Built, subject.Image, few, progress, cancel) with
                {
                    Model = subject.Label,
                }
            );
        }
    }

    private void Report(string label, ThroughputOptions way, ComparisonProgress at)
    {
        var what = at switch
        {
            { ImagesPerSecond: { } rate } => $"round {at.Round} of {at.Rounds}, {DisplayText.Rate(rate)} images/s",
            _ when way.Optimize => "optimising, which takes some seconds",
            _ => "warming up",
        };
        line.Show(
            new ProgressLine($"{label}: {(way.Optimize ? "optimised" : DisplayText.Of(way.Mode))}, {what}", at.Done)
        );
    }
}
