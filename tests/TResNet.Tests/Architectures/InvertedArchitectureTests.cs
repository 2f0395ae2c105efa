using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using TResNet.Profiling.Counting;
using static TorchSharp.torch;

namespace TResNet.Tests.Architectures;

/// <summary>The networks of inverted residuals, beyond what fixtures and networks.csv hold.</summary>
public sealed class InvertedArchitectureTests
{
    private static readonly ModelInfo Info = new("small", "Test", "None", 2024, "https://example.org", 16);

    [Theory]
    [InlineData("efficientnet_b2", 9_109_994)]
    [InlineData("efficientnet_b3", 12_233_232)]
    [InlineData("efficientnet_b4", 19_341_616)]
    [InlineData("efficientnet_b5", 30_389_784)]
    [InlineData("efficientnet_b6", 43_040_704)]
    [InlineData("efficientnet_b7", 66_347_960)]
    public void A_scaled_EfficientNet_has_as_many_parameters_as_torchvision_says(string name, long parameters)
    {
        // "num_params" of the weights in torchvision/models/efficientnet.py; timm's results/results-imagenet.csv rounds the same numbers.
        using var network = Models.Create(name);
        Assert.Equal(parameters, network.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData("efficientnet_b2", 9.11, 12.81)]
    [InlineData("efficientnet_b3", 12.23, 21.49)]
    [InlineData("efficientnet_b4", 19.34, 34.76)]
    [InlineData("mixnet_s", 4.13, 6.25)]
    [InlineData("mixnet_m", 5.01, 8.19)]
    [InlineData("mixnet_xl", 11.90, 14.57)]
    public void A_network_counts_as_timms_benchmark_does(string name, double parameters, double activations)
    {
        // timm's results/benchmark-infer-amp-nchw-pt240-cu124-rtx3090.csv, param_count and infer_macts, both in millions.
        using var network = Models.Create(name);
        var summary = Summarizer.Summarize(network, 3, network.Info.InputSize, network.Info.InputSize);
        Assert.Equal(parameters, summary.Parameters / 1e6, 0.005 + 1e-9);
        Assert.Equal(activations, summary.Activations / 1e6, 0.005 + 1e-9);
    }

    [Fact]
    public void Depth_up_deepens_every_stage_and_depth_to_the_nearest_spares_the_first_rows()
    {
        int[] Repeats(InvertedArchitecture a) => [.. a.Stages.SelectMany(rows => rows).Select(row => row.Repeats)];

        var b7 = (InvertedArchitecture)Models.Describe("efficientnet_b7");
        Assert.Equal([4, 7, 7, 10, 10, 13, 4], Repeats(b7));
        Assert.Equal((64, 2560), (b7.StemWidth, b7.HeadWidth));
        Assert.Equal([32, 48, 80, 160, 224, 384, 640], b7.Stages.Select(rows => rows[0].Width));

        var xl = (InvertedArchitecture)Models.Describe("mixnet_xl");
        Assert.Equal([1, 1, 1, 1, 4, 1, 4, 1, 4, 1, 4], Repeats(xl));
        Assert.Equal((40, 1536), (xl.StemWidth, xl.HeadWidth));
    }

    [Fact]
    public void Initial_weights_have_the_spread_of_the_authors()
    {
        manual_seed(0);
        using var network = Models.Create("efficientnet_b0", 100);
        var state = network.state_dict();
        double Spread(string key) => state[key].std().ToSingle();

        // sqrt(2 / (k * k * outputs a group))
        Assert.Equal(Math.Sqrt(2.0 / (9 * 32)), Spread("conv_stem.weight"), 0.01);
        Assert.Equal(Math.Sqrt(2.0 / 25), Spread("blocks.5.1.conv_dw.weight"), 0.01);
        Assert.Equal(Math.Sqrt(2.0 / 1280), Spread("conv_head.weight"), 0.001);
        Assert.Equal(0, state["blocks.5.1.se.conv_expand.bias"].abs().max().ToSingle());
        Assert.Equal(0.1, state["classifier.weight"].abs().max().ToSingle(), 0.001);
        Assert.Equal(0, state["classifier.bias"].abs().max().ToSingle());
        Assert.Equal(1, state["blocks.5.1.bn3.weight"].min().ToSingle());
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var network = Small().Build(numClasses: 3);
        network.to(ScalarType.Float64);
        network.train();
        var x = randn(3, 3, 16, 16, dtype: ScalarType.Float64);
        Tensor Loss() => network.call(x).square().sum();

        Loss().backward();
        var parameters = network.parameters().ToArray();
        var directions = parameters.Select(p => randn_like(p)).ToArray();
        var expected = parameters.Zip(directions, (p, d) => (p.grad! * d).sum().item<double>()).Sum();

        double Moved(double step)
        {
            using var _ = no_grad();
            foreach (var (p, d) in parameters.Zip(directions))
            {
                p.add_(d * step);
            }

            return Loss().item<double>();
        }

        const double h = 1e-6;
        var (above, below) = (Moved(h), Moved(-2 * h));
        Assert.Equal(1, (above - below) / (2 * h) / expected, 1e-4);
    }

    [Fact]
    public void Drop_rates_act_in_training_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var x = randn(4, 3, 16, 16);
        bool Varies(InvertedArchitecture architecture, bool training)
        {
            var network = architecture.Build(numClasses: 3);
            network.train(training);
            return !network.call(x).Equals(network.call(x));
        }

        Assert.False(Varies(Small(), training: true));
        foreach (var dropped in new[] { Small() with { DropRate = 0.5 }, Small() with { DropPathRate = 0.9 } })
        {
            Assert.True(Varies(dropped, training: true));
            Assert.False(Varies(dropped, training: false));
        }
    }

    [Fact]
    public void A_number_out_of_range_gets_one_sentence()
    {
        string Refusal(InvertedArchitecture architecture) =>
            Assert.Throws<TResNetException>(() => architecture.Build()).Message;

        Assert.Equal(
            "small was given a drop rate of 1: it takes 0 to 1 exclusive.",
            Refusal(Small() with { DropRate = 1 })
        );
        Assert.Equal(
            "small was given a kernel's side of 4: it takes an odd number.",
            Refusal(
                Small() with
                {
                    Stages =
                    [
                        [new(MobileBlockKind.Inverted, 1, [4], 1, 2, 8)],
                    ],
                }
            )
        );
        Assert.Equal(
            "small was given a row's stride of 3: it takes 1 or 2.",
            Refusal(
                Small() with
                {
                    Stages =
                    [
                        [new(MobileBlockKind.Inverted, 1, [3], 3, 2, 8)],
                    ],
                }
            )
        );
        Assert.Equal(
            "small was scaled by width 0 and depth 1: both have to be more than 0.",
            Assert.Throws<TResNetException>(() => Small().Scale(0, 1)).Message
        );
        Assert.Equal(
            "efficientnet_b0 takes images [N, 3, H, W] and got [3, 32, 32].",
            Assert.Throws<TResNetException>(() => Models.Create("efficientnet_b0").call(zeros(3, 32, 32))).Message
        );
    }

    // Every part once: separable and inverted blocks, shortcuts, attention, mixed kernels, split pointwise convolutions.
    private static InvertedArchitecture Small() =>
        new()
        {
            Info = Info,
            StemWidth = 8,
            Stages =
            [
                [new(MobileBlockKind.Separable, 1, [3], 1, 1, 8, 0.5)],
                [
                    new(MobileBlockKind.Inverted, 1, [3, 5, 7], 2, 3, 16, 0.25, Activation.ReLU6),
                    new(MobileBlockKind.Inverted, 2, [3, 5], 1, 2, 16, 0.5, Split: PointwiseSplit.Both),
                ],
            ],
            HeadWidth = 32,
            Activation = Activation.SiLU,
        };
}
