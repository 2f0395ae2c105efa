using System.Diagnostics;
using TResNet.Compute;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>
/// Images a second through steps of the trainer (forward, loss, backward, SGD with Nesterov momentum), beside the same recipe in TorchSharp, both in channels-last
/// order.
/// </summary>
internal static class TrainingSteps
{
    private static readonly Dictionary<string, double> Promises = new() { ["resnet50"] = 1.25, ["tresnet_m"] = 1.4 };

    // Of the forward pass's multiply-adds: forward, the gradient of the input, the gradient of the weights.
    private const int Passes = 3;
    private static readonly ComputeType[] ComputeTypes = [ComputeType.Float32, ComputeType.BFloat16];

    /// <summary>Both ComputeTypes at a batch size, in turn with the peer.</summary>
    /// <param name="pair">The network.</param>
    /// <param name="switches">How ours is switched, where that computes the same: its name for <see cref="Models.Create"/> ends so.</param>
    /// <param name="batch">Images.</param>
    /// <param name="rounds">How many rounds.</param>
    public static IEnumerable<Comparison> Run(NetworkPair pair, string switches, int batch, int rounds)
    {
        using var scope = NewDisposeScope();
        var images = pair.Images.narrow(0, 0, batch);
        var labels = arange(batch, dtype: ScalarType.Int64);
        var ceilings = ComputeTypes.ToDictionary(
            computeType => computeType,
            computeType => MachineCeiling.Measure(computeType)
        );
        List<Contestant> contestants = [];
        foreach (var computeType in ComputeTypes)
        {
            var options = new TrainingOptions
            {
                BatchSize = batch,
                LearningRate = 1e-3,
                ComputeType = computeType,
            };
            var network = pair.Build(switches);
            network.train();
            var optimizer = OptimizerFactory.Create(network, options);
            var step = new TrainingStep(network, options, optimizer);
            var number = 0;
            contestants.Add(
                new(
                    Ours(computeType),
                    () =>
                    {
                        var start = Stopwatch.GetTimestamp();
                        step.Run(++number, options.LearningRate, [(images, labels)]);
                        return batch / Stopwatch.GetElapsedTime(start).TotalSeconds;
                    }
                )
            );
        }

        contestants.Add(new(Theirs, () => batch / pair.Seconds(NetworkPair.Peer.TorchSharp, "training", batch)));

        var measured = Turns.Take(rounds, contestants);
        foreach (var computeType in ComputeTypes)
        {
            var rates = measured[Ours(computeType)];
            yield return new Comparison(
                $"training step, {pair.Title}{switches}, batch {batch}: {Ours(computeType)} beside {Theirs}",
                "images/s",
                rates,
                measured.GetValueOrDefault(Theirs) ?? [],
                pair.VersionOf(NetworkPair.Peer.TorchSharp),
                RatioAtLeast: batch == 8 && computeType == ComputeType.Float32 ? Promises[pair.Model] : null,
                Reached: ceilings[computeType].Fraction(Comparison.Median(rates), Passes * pair.MultiplyAdds)
            );
        }
    }

    private static string Ours(ComputeType computeType) => computeType.ToString().ToLowerInvariant();

    private static string Theirs => "TorchSharp's float32";
}
