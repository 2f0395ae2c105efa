using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

/// <summary>What a training forward keeps for backward: exact bytes, each storage once, parameters left out.</summary>
public sealed class InPlaceAbnMemoryTests
{
    // The figures are for a batch of 8; all but a few statistics grow with it.
    private const int Batch = 2;
    private const double MegabytesOfEight = 1e-6 * 8 / Batch;

    [Fact]
    public void TResNet_M_keeps_398_megabytes_for_8_images_where_batch_norm_keeps_533()
    {
        Assert.InRange(Kept(NormKind.BatchNorm), 533, 534);
        Assert.InRange(Kept(NormKind.InPlaceAbn), 0, 398);
    }

    private static double Kept(NormKind norm)
    {
        using var scope = NewDisposeScope();
        var architecture = (StagedArchitecture)Models.Describe("tresnet_m");
        var network = (architecture with { NormAct = architecture.NormAct with { Kind = norm } }).Build();
        network.train();
        var images = rand([Batch, 3, 224, 224]);
        return Backend.BytesKept(() => network.call(images), network.parameters()) * MegabytesOfEight;
    }
}
