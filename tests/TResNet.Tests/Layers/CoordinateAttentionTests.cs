using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class CoordinateAttentionTests
{
    [Fact]
    public void A_value_is_scaled_by_the_gates_of_its_row_and_of_its_column()
    {
        using var scope = NewDisposeScope();
        using var layer = new CoordinateAttention(1, 1);
        layer.eval();
        using var _ = no_grad();
        layer.get_parameter("conv1.weight")!.fill_(2);
        layer.get_parameter("conv_h.weight")!.fill_(3);
        layer.get_parameter("conv_w.weight")!.fill_(-5);
        float[,] values =
        {
            { 1, 2, 6 },
            { -1, 0, 4 },
        };
        var x = tensor(values).view(1, 1, 2, 3);

        var y = layer.call(x);

        // A fresh normalisation in evaluation divides by sqrt(1 + 1e-5).
        double Within(double mean)
        {
            var z = 2 * mean / Math.Sqrt(1 + 1e-5);
            return z * Math.Clamp(z + 3, 0, 6) / 6;
        }

        double Gate(double weight, double mean) => 1 / (1 + Math.Exp(-weight * Within(mean)));
        double[] rows = [3, 1];
        double[] columns = [0, 1, 5];
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                var expected = values[i, j] * Gate(3, rows[i]) * Gate(-5, columns[j]);
                Assert.Equal(expected, y[0, 0, i, j].ToSingle(), 1e-5);
            }
        }
    }

    [Theory]
    [InlineData("tresnet_m", "coord", 24)]
    [InlineData("resnet50", "coordinate", 24)]
    public void It_is_switched_on_by_name_with_a_24th_of_the_channels(string model, string name, double reduction)
    {
        var network = Models.Describe(model).With("attention", name);

        Assert.Equal($"{model} + attention=coord", network.Info.Name);
        Assert.Equal(reduction, ((StagedArchitecture)network).Attention.Reduction);
        using var built = network.Build(10);
        Assert.Contains(built.state_dict().Keys, key => key.EndsWith(".se.conv_h.weight", StringComparison.Ordinal));
    }

    [Fact]
    public void Its_reduction_can_be_set_before_and_after_it()
    {
        var after = Models.Describe("tresnet_m").With(["attention=coord", "reduction=8"]);
        var before = Models.Describe("tresnet_m").With(["reduction=4", "attention=coord"]);

        Assert.Equal("tresnet_m + attention=coord + reduction=8", after.Info.Name);
        Assert.Equal("tresnet_m + attention=coord + reduction=4", before.Info.Name);
    }

    [Fact]
    public void Channels_within_are_a_multiple_of_eight_as_timm_has_it()
    {
        long Within(long channels)
        {
            using var layer = Attention.Coordinate.Make(new AttentionPlace(channels, channels, channels, false));
            return layer!.get_parameter("conv1.weight")!.shape[0];
        }

        Assert.Equal([8, 8, 16, 24, 88], new long[] { 16, 256, 384, 512, 2048 }.Select(Within));
    }
}
