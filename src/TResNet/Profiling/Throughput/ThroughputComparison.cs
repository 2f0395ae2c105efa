using TResNet.Compute;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>A network that is to be timed in turns with others.</summary>
/// <param name="Network">Gives it, on its device; it is asked for when its turn to be prepared comes.</param>
/// <param name="Image">The shape of one image: <c>[C, H, W]</c>.</param>
/// <param name="Options">How to time it; validated. Rounds and budget are those of the first of all.</param>
internal sealed record TimingRequest(
    Func<nn.Module<Tensor, Tensor>> Network,
    IReadOnlyList<long> Image,
    ThroughputOptions Options
)
{
    /// <summary>Whether somebody gets the network back as it was: then a training keeps a copy of its weights meanwhile.</summary>
    public bool IsLent { get; init; } = true;
}

/// <summary>What came of a request.</summary>
/// <param name="Result">What was measured; null where it was refused, or a cancel came before its first round.</param>
/// <param name="Refused">Why it could not be timed; null where it could.</param>
internal sealed record TimingOutcome(ThroughputResult? Result, TResNetException? Refused);

/// <summary>How far a comparison has come.</summary>
/// <param name="Number">Which request, from 0.</param>
/// <param name="Round">Its rounds done; 0 while it is prepared.</param>
/// <param name="Rounds">All its rounds.</param>
/// <param name="ImagesPerSecond">The last round's rate; null while it is prepared.</param>
/// <param name="Done">The share of the whole that is done, 0 to 1.</param>
internal sealed record ComparisonProgress(int Number, int Round, int Rounds, double? ImagesPerSecond, double Done);

/// <summary>Times several networks in turns, all together as far as memory goes.</summary>
internal sealed class ThroughputComparison
{
    // What is free must not fall below this share of what was free before, since a first round takes more than the warm-up did.
    private const double LeastFree = 0.4;

    // Of the time that a request takes, about this share is its warm-up.
    private const double PreparingShare = 0.2;

    private readonly IReadOnlyList<TimingRequest> requests;
    private readonly TimingOutcome[] outcomes;
    private readonly long? freeBefore = Machine.AvailableOnceReleased();

    public ThroughputComparison(IReadOnlyList<TimingRequest> requests) =>
        (this.requests, outcomes) = (requests, [.. requests.Select(_ => new TimingOutcome(null, null))]);

    /// <summary>
    /// The request that is timed once more with those that memory had no room for before, so that all are compared with it; by default the first of all.
    /// </summary>
    public Func<int, int> Reference { get; init; } = _ => 0;

    /// <summary>Told of which requests are done and what came of all, with the networks free again, before others are prepared.</summary>
    public Action<IReadOnlyList<int>, IReadOnlyList<TimingOutcome>>? Done { get; init; }

    /// <summary>Told before a network is prepared and after each round.</summary>
    public Action<ComparisonProgress>? Progress { get; init; }

    /// <summary>Whether there is memory for one more in the same turns.</summary>
    public Func<ThroughputComparison, bool> HasRoom { get; init; } =
        comparison =>
            comparison.freeBefore is not { } before
            || Machine.AvailableMemory() is not { } now
            || now > LeastFree * before;

    /// <summary>What came of each request so far, in order.</summary>
    public IReadOnlyList<TimingOutcome> Outcomes => outcomes;

    /// <summary>Times all of them.</summary>
    /// <param name="cancel">Honoured between two batches; <see cref="Outcomes"/> has what was measured until then.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(CancellationToken cancel)
    {
        for (var next = 0; next < requests.Count; )
        {
            List<int> group = next == 0 ? [] : [Reference(next)];
            var first = next;
            using (var prepared = new Trials())
            {
                if (next > 0)
                {
                    Prepare(group[0], prepared, cancel);
                }

                do
                {
                    Prepare(next++, prepared, cancel);
                } while (next < requests.Count && (prepared.Count < 2 || HasRoom(this)));

                Time(prepared, cancel);
            }

            Done?.Invoke([.. Enumerable.Range(first, next - first)], outcomes);
            cancel.ThrowIfCancellationRequested();
        }
    }

    private void Prepare(int number, Trials prepared, CancellationToken cancel)
    {
        var request = requests[number];
        Progress?.Invoke(new ComparisonProgress(number, 0, request.Options.Rounds, null, Share(number, 0)));
        try
        {
            var before = Resident();
            var network = request.Network();
            var beside = prepared.Beside(network, before, Resident());
            prepared.Add(
                number,
                ThroughputTrial.Prepare(network, request.Image, request.Options, beside, cancel, request.IsLent)
            );
        }
        catch (TResNetException refused)
        {
            outcomes[number] = new TimingOutcome(outcomes[number].Result, refused);
        }
    }

    private void Time(Trials prepared, CancellationToken cancel)
    {
        if (prepared.Count == 0)
        {
            return;
        }

        var numbers = prepared.Numbers;
        var rounds = requests[numbers[0]].Options.Rounds;
        var results = ThroughputTrial.InTurns(
            prepared.All,
            (place, round, rate) =>
                Progress?.Invoke(
                    new ComparisonProgress(
                        numbers[place],
                        round,
                        rounds,
                        rate,
                        Share(numbers.Max(), (round - 1 + (place + 1.0) / numbers.Count) / rounds)
                    )
                ),
            cancel
        );
        foreach (var (number, result) in numbers.Zip(results))
        {
            // One that is timed with several groups is compared with all of them, and has the rate that it had in the first.
            outcomes[number] =
                outcomes[number].Result is { } had && result is not null
                    ? new TimingOutcome(had with { Turns = [.. had.Turns, .. result.Turns] }, null)
                    : outcomes[number] with
                    {
                        Result = outcomes[number].Result ?? result,
                    };
        }
    }

    private double Share(int number, double ofRounds) =>
        PreparingShare * (number + (ofRounds > 0 ? 1 : 0)) / requests.Count
        + (1 - PreparingShare) * ofRounds * (number + 1) / requests.Count;

    private static long? Resident()
    {
        Machine.ReturnFreedMemory();
        return Machine.ResidentMemory();
    }

    /// <summary>What is prepared, disposed from the last to the first: several may have lent one network.</summary>
    private sealed class Trials : IDisposable
    {
        private readonly List<(int Number, ThroughputTrial Trial)> trials = [];
        private readonly Dictionary<nn.Module, long> weights = [];
        private long? first;

        public int Count => trials.Count;

        public IReadOnlyList<int> Numbers => [.. trials.Select(each => each.Number)];

        public IReadOnlyList<ThroughputTrial> All => [.. trials.Select(each => each.Trial)];

        /// <summary>What the process has resident for those before, by what it had before a network was asked for and after.</summary>
        public long Beside(nn.Module network, long? before, long? after)
        {
            if (before is not { } without || after is not { } with)
            {
                return 0;
            }

            first ??= without;
            // One that was built for an earlier request, as for training before inference, is not beside itself.
            var own = weights.GetValueOrDefault(network);
            weights[network] = own + with - without;
            return Count == 0 ? 0 : Math.Max(0, without - first.Value - own);
        }

        public void Add(int number, ThroughputTrial trial) => trials.Add((number, trial));

        public void Dispose()
        {
            for (var i = trials.Count - 1; i >= 0; i--)
            {
                trials[i].Trial.Dispose();
            }
        }
    }
}
