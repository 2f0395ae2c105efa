using System.Diagnostics;
using TResNet.Compute;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>Inference beside two processes that use all they can get: threads that wait for the next operator must not wait in vain.</summary>
internal static class Neighbours
{
    private const int Batch = 8;
    private const int Count = 2;
    private const double Promise = 1.5;

    public static Comparison Run(NetworkPair pair, int rounds)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var images = MemoryFormat.ToChannelsLast(pair.Images.narrow(0, 0, Batch));
        var network = pair.Build().Optimize(images);
        const string theirs = nameof(NetworkPair.Peer.TorchSharp);
        Contestant[] contestants =
        [
            new("ours", () => Inference.Rate(network, images)),
            new(theirs, () => Inference.TheirRate(pair, NetworkPair.Peer.TorchSharp, Batch)),
        ];
        var neighbours = Enumerable
            .Range(0, Count)
            .Select(_ => Process.Start("/bin/sh", ["-c", "while :; do :; done"]))
            .ToList();
        try
        {
            var measured = Turns.Take(rounds, contestants);
            return new(
                $"inference beside two busy neighbours, {pair.Title}, batch {Batch}",
                "images/s",
                measured["ours"],
                measured.GetValueOrDefault(theirs) ?? [],
                pair.VersionOf(NetworkPair.Peer.TorchSharp),
                RatioAtLeast: Promise
            );
        }
        finally
        {
            foreach (var neighbour in neighbours)
            {
                neighbour.Kill();
                neighbour.Dispose();
            }
        }
    }
}
