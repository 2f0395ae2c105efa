using System.Diagnostics;
using TResNet.Compute;
using TResNet.Graphs;
using TorchSharp;
using TResNet.Profiling;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>Images a second through a network in evaluation mode, beside PyTorch's eager mode; both in channels-last order.</summary>
internal static class Inference
{
    // Images of a round at least, as the peer has them: a single image is over before the threads are awake.
    private const int Round = 8;

    // Our forms: another one is another line. The promises are for batch 8.
    private static readonly Form[] Forms =
    [
        new("eager", Precision.Float32, Eager),
        new("eager", Precision.BFloat16, Eager),
        new("optimised", Precision.Float32, Optimised, ("resnet50", 1.30), ("tresnet_m", 1.20)),
        new("optimised", Precision.BFloat16, OptimisedInBFloat16, ("resnet50", 2.4), ("tresnet_m", 2.0)),
    ];

    /// <summary>All forms at a batch size, in turn with the peer.</summary>
    public static IEnumerable<Comparison> Run(NetworkPair pair, int batch, int rounds)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var images = MemoryFormat.ToChannelsLast(pair.Images.narrow(0, 0, batch));
        var ceilings = Forms
            .Select(form => form.Precision)
            .Distinct()
            .ToDictionary(precision => precision, precision => MachineCeiling.Measure(precision));
        List<Contestant> contestants = [];
        foreach (var form in Forms)
        {
            // An optimised network takes float32, whatever it computes in.
            var input = form.Kind == "eager" ? images.to(form.Precision.TypeOf()) : images;
            var network = form.Make(pair.Build(), input);
            contestants.Add(new(form.Name, () => Rate(network, input)));
        }

        foreach (var precision in ceilings.Keys)
        {
            contestants.Add(new(Theirs(precision), () => pair.Ask("inference", precision, batch)));
        }

        var measured = Turns.Take(rounds, contestants);
        foreach (var form in Forms)
        {
            var reached = ceilings[form.Precision].Fraction(Comparison.Median(measured[form.Name]), pair.MultiplyAdds);
            foreach (var precision in ceilings.Keys.Where(p => p is Precision.Float32 || p == form.Precision))
            {
                var promise = batch == 8 && precision == Precision.Float32 ? form.Promise(pair.Model) : null;
                yield return new Comparison(
                    $"inference, {pair.Title}, batch {batch}: {form.Name} beside {Theirs(precision)}",
                    "images/s",
                    measured[form.Name],
                    measured.GetValueOrDefault(Theirs(precision)) ?? [],
                    pair.Peer,
                    RatioAtLeast: promise,
                    Reached: reached
                );
            }
        }
    }

    private static string Theirs(Precision precision) => $"PyTorch's {precision.ToString().ToLowerInvariant()}";

    private static nn.Module<Tensor, Tensor> Eager(Network network, Tensor images) => network.to(images.dtype);

    private static nn.Module<Tensor, Tensor> Optimised(Network network, Tensor images) =>
        network.Optimize(images);

    private static nn.Module<Tensor, Tensor> OptimisedInBFloat16(Network network, Tensor images) =>
        network.Optimize(images, ScalarType.BFloat16);

    private static double Rate(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        var calls = Math.Max(1, Round / images.shape[0]);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            network.call(images).Dispose();
        }

        return calls * images.shape[0] / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>A way to run a network of ours.</summary>
    /// <param name="Kind">What it is called.</param>
    /// <param name="Precision">What it computes in.</param>
    /// <param name="Make">Makes it from the eager network in float32 and an example of its input.</param>
    /// <param name="Promises">For each network, what is promised beside PyTorch's float32.</param>
    private sealed record Form(
        string Kind,
        Precision Precision,
        Func<Network, Tensor, nn.Module<Tensor, Tensor>> Make,
        params (string Model, double AtLeast)[] Promises
    )
    {
        public string Name => $"{Kind} {Precision.ToString().ToLowerInvariant()}";

        public double? Promise(string model) =>
            Promises.Where(p => p.Model == model).Select(p => (double?)p.AtLeast).FirstOrDefault();
    }
}
