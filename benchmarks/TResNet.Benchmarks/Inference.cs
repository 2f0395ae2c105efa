using System.Diagnostics;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>Images a second through a network in evaluation mode, beside TorchSharp run eagerly and ONNX Runtime.</summary>
internal static class Inference
{
    // Calls of a round at batch 1, which is over before the threads are awake.
    private const int Round = 8;

    // bfloat16 is worth it where the processor multiplies it faster than this; elsewhere it is only not to be slower.
    private const double FasterMultiplication = 1.5;
    private const double BFloat16Promise = 1.5;

    // A plan that has fallen back to float32 is the same plan: a twentieth is what two measurements differ by.
    private const double NotSlower = 0.95;

    private static readonly Dictionary<(string Model, int Batch, NetworkPair.Peer Peer), double> Promises = new()
    {
        [("resnet50", 8, NetworkPair.Peer.OnnxRuntime)] = 1.15,
        [("resnet50", 8, NetworkPair.Peer.TorchSharp)] = 1.5,
        [("tresnet_m", 8, NetworkPair.Peer.OnnxRuntime)] = 1.6,
        [("tresnet_m", 8, NetworkPair.Peer.TorchSharp)] = 1.9,
        [("resnet50", 1, NetworkPair.Peer.OnnxRuntime)] = 1,
        [("tresnet_m", 1, NetworkPair.Peer.OnnxRuntime)] = 1,
        [("resnext50_32x4d", 1, NetworkPair.Peer.OnnxRuntime)] = 1,
        [("efficientnet_b0", 1, NetworkPair.Peer.OnnxRuntime)] = 1,
        [("mobilenetv2_100", 1, NetworkPair.Peer.OnnxRuntime)] = 1,
    };

    /// <summary>Eager and optimised, in turn with the peers.</summary>
    public static IEnumerable<Comparison> Run(NetworkPair pair, int batch, int rounds)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var images = MemoryFormat.ToChannelsLast(pair.Images.narrow(0, 0, batch));
        var (single, half) = (
            MachineCeiling.Measure(ComputeType.Float32),
            MachineCeiling.Measure(ComputeType.BFloat16)
        );
        var eager = pair.Build();
        var optimised = pair.Build().Optimize(images);
        var inBFloat16 = pair.Build().Optimize(images, ScalarType.BFloat16);
        List<Contestant> contestants =
        [
            new("eager", () => Rate(eager, images)),
            new("optimised", () => Rate(optimised, images)),
            new("optimised in bfloat16", () => Rate(inBFloat16, images)),
            .. Enum.GetValues<NetworkPair.Peer>()
                .Select(peer => new Contestant(peer.ToString(), () => TheirRate(pair, peer, batch))),
        ];
        var measured = Turns.Take(rounds, contestants);
        Comparison Beside(string ours, NetworkPair.Peer peer, double? promise) =>
            new(
                $"inference, {pair.Title}, batch {batch}: {ours} beside {peer}",
                "images/s",
                measured[ours],
                measured.GetValueOrDefault(peer.ToString()) ?? [],
                pair.VersionOf(peer),
                RatioAtLeast: promise,
                Reached: single.Fraction(Comparison.Median(measured[ours]), pair.MultiplyAdds)
            );
        foreach (var peer in Enum.GetValues<NetworkPair.Peer>().Where(peer => measured.ContainsKey(peer.ToString())))
        {
            yield return Beside("eager", peer, null);
            yield return Beside(
                "optimised",
                peer,
                Promises.TryGetValue((pair.Model, batch, peer), out var promise) ? promise : null
            );
        }

        var worthIt = half.Gigaflops >= FasterMultiplication * single.Gigaflops && batch > 1;
        yield return new Comparison(
            $"inference, {pair.Title}, batch {batch}: optimised in bfloat16 beside float32 ({inBFloat16.Description})",
            "images/s",
            measured["optimised in bfloat16"],
            measured["optimised"],
            "our float32",
            RatioAtLeast: worthIt ? BFloat16Promise : NotSlower,
            Reached: half.Fraction(Comparison.Median(measured["optimised in bfloat16"]), pair.MultiplyAdds)
        );
    }

    /// <summary>How far the slowest calls of one image are from the others.</summary>
    public static Comparison Tail(NetworkPair pair)
    {
        const int calls = 200;
        const double promise = 1.5;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var image = MemoryFormat.ToChannelsLast(pair.Images.narrow(0, 0, 1));
        var network = pair.Build().Optimize(image);
        var theirs = pair.Calls(NetworkPair.Peer.OnnxRuntime, 1, calls);
        for (var i = 0; i < Round; i++)
        {
            network.call(image).Dispose();
        }

        var ours = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            var start = Stopwatch.GetTimestamp();
            network.call(image).Dispose();
            ours[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new(
            $"inference, {pair.Title}, one image: the 99th percentile of {calls} calls over their median",
            "",
            [TailOf(ours)],
            theirs is null ? [] : [TailOf(theirs)],
            pair.VersionOf(NetworkPair.Peer.OnnxRuntime),
            Limit: promise
        );
    }

    /// <summary>Images a second of a network of ours.</summary>
    public static double Rate(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        var calls = Math.Max(1, Round / images.shape[0]);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            network.call(images).Dispose();
        }

        return calls * images.shape[0] / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Images a second of a peer; null where it does not run.</summary>
    public static double? TheirRate(NetworkPair pair, NetworkPair.Peer peer, int batch)
    {
        var calls = Math.Max(1, Round / batch);
        return pair.Calls(peer, batch, calls) is { } seconds ? batch * calls / seconds.Sum() : null;
    }

    private static double TailOf(double[] seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted[(int)(0.99 * sorted.Length) - 1] / Comparison.Median(seconds);
    }
}
