using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Ablation;

/// <summary>One run of an ablation: what was found out so far of each network.</summary>
internal sealed class AblationWork(
    IReadOnlyList<AblationStep> steps,
    AblationOptions options,
    Device device,
    IProgress<AblationProgress>? progress,
    CancellationToken cancel
)
{
    private readonly Dictionary<int, ModelSummary> summaries = [];
    private readonly Dictionary<(int Step, ThroughputMode Mode), ThroughputResult> timed = [];
    private readonly Dictionary<int, (LargestBatchResult? Found, string? None)> largest = [];
    private readonly LargestBatchOptions? search = options.LargestBatch?.Placed(device);
    private long? residentBefore;

    /// <summary>The networks of which something was timed.</summary>
    public IReadOnlyList<AblationRow> Rows =>
        [
            .. Enumerable
                .Range(0, steps.Count)
                .Where(number =>
                    timed.ContainsKey((number, ThroughputMode.Training))
                    || timed.ContainsKey((number, ThroughputMode.Inference))
                )
                .Select(Row),
        ];

    // Timing in both modes, then the search.
    private int Parts => search is null ? 2 : 3;

    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Rows"/> has what was measured.</exception>
    public void Run()
    {
        FirstStep();
        Time(ThroughputMode.Training, 0);
        Time(ThroughputMode.Inference, 1);
        for (var number = 0; search is not null && number < steps.Count; number++)
        {
            largest[number] = Largest(search, number);
        }
    }

    // What libraries keep from their first step on is not the first network's.
    private void FirstStep()
    {
        if (steps.Count == 0)
        {
            return;
        }

        Report(0, "a step that is not counted", 0);
        using (var built = Build(0))
        {
            var once = options.Throughput with
            {
                Mode = ThroughputMode.Training,
                Rounds = 1,
                WarmUp = 0,
                BatchesPerRound = 1,
                RoundTime = TimeSpan.Zero,
            };
            ThroughputProfiler.Measure(built, Image(0), once, null, cancel);
        }

        Machine.ReturnFreedMemory();
        residentBefore = Machine.ResidentMemory();
    }

    private void Time(ThroughputMode mode, int part)
    {
        var networks = new Network?[steps.Count];
        var word = mode == ThroughputMode.Training ? "training" : "inference";
        var comparison = new ThroughputComparison([
            .. Enumerable
                .Range(0, steps.Count)
                .Select(number => new TimingRequest(
                    () => networks[number] ??= Counted(number),
                    Image(number),
                    options.Throughput with
                    {
                        Mode = mode,
                    }
                )
                {
                    IsLent = false,
                }),
        ])
        {
            // A network is compared with the one before it.
            Reference = next => next - 1,
            Progress = at =>
                Report(
                    at.Number,
                    at.Round == 0 ? $"{word}, warming up" : $"{word}, round {at.Round} of {at.Rounds}",
                    (part + at.Done) / Parts
                ),
            Done = (numbers, _) => Forget(numbers),
        };
        try
        {
            comparison.Run(cancel);
        }
        finally
        {
            Forget(Enumerable.Range(0, steps.Count));
            for (var number = 0; number < steps.Count; number++)
            {
                if (comparison.Outcomes[number].Result is { } result)
                {
                    timed[(number, mode)] = result with { Model = steps[number].Name };
                }
            }
        }

        if (
            comparison.Outcomes.Select(outcome => outcome.Refused).OfType<TResNetException>().FirstOrDefault() is
            { } why
        )
        {
            throw why;
        }

        void Forget(IEnumerable<int> numbers)
        {
            foreach (var number in numbers)
            {
                networks[number]?.Dispose();
                networks[number] = null;
            }
        }
    }

    private Network Counted(int number)
    {
        var built = Build(number);
        if (!summaries.ContainsKey(number))
        {
            summaries[number] = Summarizer.Summarize(built, Image(number)) with { Model = steps[number].Name };
        }

        return built;
    }

    private Network Build(int number)
    {
        manual_seed(42);
        var built = steps[number].Architecture.Build();
        MemoryFormat.ToChannelsLast(built);
        built.to(device);
        return built;
    }

    private long[] Image(int number)
    {
        var side = options.InputSize ?? steps[number].Architecture.Info.InputSize;
        return [3, side, side];
    }

    private (LargestBatchResult? Found, string? None) Largest(LargestBatchOptions bounds, int number)
    {
        Say("largest batch");
        using var built = Build(number);
        try
        {
            var found = LargestBatch.Find(
                built,
                Image(number),
                bounds,
                new SynchronousProgress<LargestBatchProgress>(at => Say($"largest batch, trying {at.BatchSize}")),
                cancel
            );
            return found.Interrupted ? throw new OperationCanceledException(cancel) : (found, null);
        }
        catch (TResNetException refused) when (number > 0)
        {
            // A refinement may take more memory than the limit, and the next less.
            return (null, refused.Message);
        }

        void Say(string what) => Report(number, what, (2 + number / (double)steps.Count) / Parts);
    }

    private AblationRow Row(int number)
    {
        var training = timed.GetValueOrDefault((number, ThroughputMode.Training));
        var (found, none) = largest.GetValueOrDefault(number);
        return new AblationRow(
            steps[number].Name,
            steps[number].Architecture,
            summaries[number],
            timed.GetValueOrDefault((number, ThroughputMode.Inference)),
            training,
            training?.PeakMemory is { } peak && residentBefore is { } had ? Math.Max(0, peak - had) : null,
            found
        )
        {
            NoBatch = none,
        };
    }

    private void Report(int number, string what, double done) =>
        progress?.Report(new AblationProgress(steps[number].Name, number, steps.Count, what, done));
}
