using System.Diagnostics;
using TResNet.Building;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>
/// What forward keeps for backward, beside TorchSharp, of TResNet-M with in-place ABN and with BatchNorm and of ResNet-50; and the time of a training step
/// with in-place ABN beside the same with BatchNorm.
/// </summary>
internal static class InPlaceAbn
{
    private const int Batch = 8;
    private const double Mega = 1e6;
    private const string Abn = "+norm=inplace-abn";

    // 0.60 of what timm keeps with BatchNorm and an activation in place, 533 MB; the official implementation keeps 398 MB.
    private const double MemoryLimit = 320;

    // No slower; a hundredth is what two measurements of the same step differ by.
    private const double TimeLimit = 1.01;

    /// <summary>The steps in turn, so that a machine that drifts drifts for both: in the order in which images come, and in that of the trainer.</summary>
    public static IEnumerable<Comparison> Run(NetworkPair tresnet, NetworkPair resnet50, int rounds)
    {
        using var scope = NewDisposeScope();
        var images = tresnet.Images.narrow(0, 0, Batch);
        var (abn, plain, residual) = (Build(tresnet, Abn), Build(tresnet), Build(resnet50));
        var inOrder = Steps(tresnet, abn, plain, images, "channels-first", rounds, TimeLimit);
        foreach (var network in new[] { abn, plain, residual })
        {
            MemoryFormat.ToChannelsLast(network);
        }

        images = MemoryFormat.ToChannelsLast(images);
        return
        [
            Kept(tresnet, "in-place ABN", abn, images, MemoryLimit),
            Kept(tresnet, "BatchNorm", plain, images),
            Kept(resnet50, "BatchNorm", residual, images),
            inOrder,
            Steps(tresnet, abn, plain, images, "channels-last", rounds),
        ];
    }

    // With the weights that training starts with: where a weight is zero, in-place ABN keeps more.
    private static Network Build(NetworkPair pair, string switches = "")
    {
        var network = Models.Create(pair.Model + switches);
        network.train();
        return network;
    }

    private static Comparison Steps(
        NetworkPair pair,
        Network abn,
        Network plain,
        Tensor images,
        string order,
        int rounds,
        double? limit = null
    )
    {
        Contestant[] contestants = [new(Abn, () => Step(abn, images)), new("", () => Step(plain, images))];
        var measured = Turns.Take(rounds, contestants);
        var name = $"training step, {pair.Title}, in-place ABN, batch {Batch}, {order}";
        return new(name, "s", measured[Abn], measured[""], "our BatchNorm", RatioLimit: limit);
    }

    private static Comparison Kept(
        NetworkPair pair,
        string norm,
        Network network,
        Tensor images,
        double? limit = null
    ) =>
        new(
            $"kept for backward, {pair.Title}, {norm}, batch {Batch}",
            "MB",
            [HostMemory.BytesKept(() => network.call(images)) / Mega],
            pair.BytesKept(Batch) is { } theirs ? [theirs / Mega] : [],
            pair.VersionOf(NetworkPair.Peer.TorchSharp),
            limit
        );

    private static double? Step(Network network, Tensor images)
    {
        using var scope = NewDisposeScope();
        network.zero_grad();
        var watch = Stopwatch.StartNew();
        network.call(images).square().mean().backward();
        return watch.Elapsed.TotalSeconds;
    }
}
