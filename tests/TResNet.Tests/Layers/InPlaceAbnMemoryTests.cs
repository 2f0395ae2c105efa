using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Kernels;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

/// <summary>What a training forward keeps for backward: what the C library has handed out for it.</summary>
public sealed class InPlaceAbnMemoryTests
{
    // The figures are for a batch of 8; all but a few statistics grow with it.
    private const int Batch = 2;
    private const double MegabytesOfEight = 1e-6 * 8 / Batch;

    [Fact]
    public void TResNet_M_keeps_at_most_320_megabytes_for_8_images()
    {
        // The public implementations keep 533 with batch normalisation, where ours makes products and borders again, and 398 with an in-place ABN.
        Assert.InRange(Kept(NormKind.BatchNorm), 400, 500);
        Assert.InRange(Kept(NormKind.InPlaceAbn), 200, 320);
    }

    [Fact]
    public void What_is_made_again_is_what_was_there()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(Func<Tensor, Tensor, Tensor> product, Func<Tensor, Tensor, Tensor> sum)
        {
            manual_seed(4);
            var (x, gate, w) = (
                randn(2, 3, 4, 4).requires_grad_(),
                randn(2, 3, 1, 1).requires_grad_(),
                randn(2, 3, 4, 4)
            );
            var y = product(x, gate);
            // Two sums in a row: the second is kept, the first is made again from a product that is made again.
            var first = sum(y, x * 2);
            var second = sum(first * w, first);
            (second.exp() * first * y).sum().backward();
            return cat([x.grad!.flatten(), gate.grad!.flatten()]);
        }

        var again = Gradient(Product.Apply, AddReLU.Apply);
        var kept = Gradient((x, y) => x * y, (x, y) => (x + y).relu());
        Assert.True(again.equal(kept).all().ToBoolean());
    }

    [Fact]
    public void What_is_made_again_from_a_changed_tensor_is_an_error()
    {
        using var scope = NewDisposeScope();
        var (x, y, w) = (randn(4).requires_grad_(), randn(4), randn(4).requires_grad_());
        var source = x * 2;
        var result = Product.Apply(Product.Apply(source, y), w);
        source.add_(1);
        Assert.Contains(
            "modified by an inplace operation",
            Assert.ThrowsAny<Exception>(() => result.sum().backward()).Message
        );
    }

    private static double Kept(NormKind norm)
    {
        using var scope = NewDisposeScope();
        var architecture = (StagedArchitecture)Models.Describe("tresnet_m");
        var network = (architecture with { NormAct = architecture.NormAct with { Kind = norm } }).Build();
        network.train();
        var images = rand([Batch, 3, 224, 224]);
        return HostMemory.BytesKept(() => network.call(images)) * MegabytesOfEight;
    }
}
