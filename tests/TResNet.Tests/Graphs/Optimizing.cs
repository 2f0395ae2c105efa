using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Tests.Graphs;

/// <summary>What tests of optimised networks have in common.</summary>
internal static class Optimizing
{
    public static Tensor Images(int batch, int side) =>
        (arange(batch * 3 * side * side, dtype: ScalarType.Float32) * 0.017f).sin().reshape(batch, 3, side, side);

    public static Tensor Expected(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        using var _ = no_grad();
        return network.call(images);
    }

    public static void AssertNear(Tensor expected, Tensor actual, double relative = 1e-4, string what = "the result")
    {
        Assert.Equal(expected.shape, actual.shape);
        var off = (expected - actual).abs().max().item<float>();
        var largest = expected.abs().max().item<float>();
        Assert.True(off <= relative * largest, $"{what} is off by {off} where the largest is {largest}");
    }
}
