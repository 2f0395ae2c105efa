using System.Text.Json;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>The feature maps of timm's <c>features_only</c>.</summary>
public sealed class FeatureParityTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Root.GetProperty("cases").GetArrayLength())];

    private static JsonElement Root => Fixture.Load("features").Root;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Feature_maps_have_the_channels_reductions_and_values_of_timm(int number)
    {
        var expected = Root.GetProperty("cases")[number];
        var name = expected.GetProperty("name").GetString()!;
        var stride = expected.GetProperty("output_stride").GetInt32();
        using var scope = NewDisposeScope();
        using var network = Models.CreateFeatures(name, outputStride: stride);
        Assert.Equal(
            Fixture.Numbers(expected.GetProperty("channels")),
            network.FeatureInfo.Select(f => (double)f.Channels)
        );
        Assert.Equal(
            Fixture.Numbers(expected.GetProperty("reduction")),
            network.FeatureInfo.Select(f => (double)f.Reduction)
        );
        FilledNetwork.Fill(network, expected.GetProperty("K").GetDouble());
        network.eval();
        using var _ = no_grad();
        var input = Fill.EvaluationInput(64);
        AssertMaps(expected.GetProperty("fp32"), network.call(input), 1e-4);
        network.to(ScalarType.Float64);
        AssertMaps(expected.GetProperty("fp64"), network.call(input.to(ScalarType.Float64)), 1e-9);
    }

    private static void AssertMaps(JsonElement expected, Tensor[] maps, double tolerance)
    {
        Assert.Equal(expected.GetArrayLength(), maps.Length);
        for (var i = 0; i < maps.Length; i++)
        {
            var (statistics, map) = (expected[i], maps[i].to(ScalarType.Float64));
            Assert.Equal(Fixture.Numbers(statistics.GetProperty("shape")).Select(v => (long)v), map.shape);
            Close("mean", map.mean());
            Close("std", map.std(unbiased: false));
            Close("abs_mean", map.abs().mean());

            void Close(string what, Tensor actual) =>
                Fixture.AssertClose(
                    statistics.GetProperty(what).GetDouble(),
                    actual.item<double>(),
                    tolerance,
                    $"map {i}, {what}"
                );
        }
    }
}
