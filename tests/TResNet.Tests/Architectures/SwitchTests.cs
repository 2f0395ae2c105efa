using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Architectures;

/// <summary>The refinements of residual networks, each changed alone.</summary>
public sealed class SwitchTests
{
    public static TheoryData<string> Names => [.. Variants.Keys];

    /// <summary>What the first discussion of the paper asked for, and every value of every switch, on a small network.</summary>
    private static Dictionary<string, Func<StagedArchitecture, StagedArchitecture>> Variants { get; } =
        new()
        {
            ["7x7 stem"] = n => n with { StemKind = StemKind.Convolution7x7 },
            ["deep stem"] = n => n with { StemKind = StemKind.Deep },
            ["3x3 stem"] = n => n with { StemKind = StemKind.Convolution3x3 },
            ["strided"] = n => n with { Downsampling = Downsampling.Strided },
            ["averaged"] = n => n with { Downsampling = Downsampling.Average },
            ["BN + ReLU"] = n => n with { NormAct = NormAct.BatchNorm(Activation.ReLU) },
            ["BN + leaky ReLU"] = n => n with { NormAct = NormAct.BatchNorm(Activation.LeakyReLU(0.01)) },
            ["BN + SiLU"] = n => n with { NormAct = NormAct.BatchNorm(Activation.SiLU) },
            ["BN + Mish"] = n => n with { NormAct = NormAct.BatchNorm(Activation.Mish) },
            ["in-place ABN"] = n => n with { NormAct = NormAct.InPlaceAbn(Activation.LeakyReLU(0.001)) },
            ["EvoNorm-S0"] = n => n with { NormAct = NormAct.EvoNormS0 },
            ["EvoNorm-B0"] = n => n with { NormAct = NormAct.EvoNormB0 },
            ["no attention"] = n => n with { Attention = Attention.None },
            ["SE of a sixteenth"] = n => n with { Attention = Attention.SqueezeExcite },
            ["SE of a quarter"] = n => n with { Attention = n.Attention with { Reduction = 4 } },
            ["SE at the end"] = n => n with { AttentionPlacement = AttentionPlacement.End },
            ["ECA"] = n => n with { Attention = Attention.Eca },
            ["cECA"] = n => n with { Attention = Attention.CircularEca },
            ["all stages basic"] = n => n with { Blocks = [BlockKind.Basic] },
            ["all stages bottlenecks"] = n => n with { Blocks = [BlockKind.Bottleneck] },
            ["bottleneck ratio 1"] = n => n with { Blocks = [BlockKind.BottleneckRatio1] },
            ["selective kernels"] = n => n with { Spatial = new SelectiveKernelConvolution() },
            ["split attention"] = n => n with { Spatial = new SplitAttentionConvolution() },
            ["projecting shortcut"] = n => n with { Shortcut = ShortcutKind.Projection },
            ["activation first"] = n => n with { PreActivation = true },
            ["drop path"] = n => n with { DropPathRate = 0.2 },
            ["multi-sample dropout"] = n => n with { DropRate = 0.2, DropoutSamples = 4 },
            ["maximum pooling"] = n => n with { GlobalPool = GlobalPool.Max },
            ["both poolings"] = n => n with { GlobalPool = GlobalPool.CatAvgMax },
            ["ML-Decoder"] = n => n with { Head = HeadKind.MLDecoder },
            ["ML-Decoder of two groups"] = n =>
                n with
                {
                    Head = HeadKind.MLDecoder,
                    Decoder = new MLDecoderOptions(NumOfGroups: 2, DecoderEmbedding: 64),
                },
            ["output stride 8"] = n => n with { OutputStride = 8 },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_switch_builds_a_network_that_learns_with_all_its_parameters(string variant)
    {
        foreach (var names in Enum.GetValues<ParameterNames>())
        {
            using var scope = NewDisposeScope();
            manual_seed(1);
            var network = (Variants[variant](Models.TResNetNano()) with { Names = names }).Build(numClasses: 5);
            using (no_grad())
            {
                // A branch that begins as nothing gives its other weights no gradient.
                foreach (var (name, parameter) in network.named_parameters())
                {
                    if (parameter.dim() == 1 && name.EndsWith("weight", StringComparison.Ordinal))
                    {
                        parameter.fill_(0.7);
                    }
                }
            }

            network.train();
            var logits = network.call(randn(4, 3, 64, 64));
            Assert.Equal([4L, 5], logits.shape);
            nn.functional.cross_entropy(logits, tensor(new long[] { 0, 1, 2, 3 })).backward();

            // Without its activation, EvoNorm is a weight and a bias alone.
            foreach (var (name, parameter) in network.named_parameters())
            {
                // Queries that are not learned.
                if (name.EndsWith(MLDecoder.QueryName, StringComparison.Ordinal))
                {
                    Assert.False(parameter.requires_grad);
                    continue;
                }

                Assert.True(
                    parameter.grad is { } gradient && gradient.isfinite().all().ToBoolean(),
                    $"{names}: {name} has no gradient."
                );
                Assert.True(parameter.grad!.abs().sum().ToSingle() > 0, $"{names}: the gradient of {name} is 0.");
            }

            network.eval();
            using var _ = no_grad();
            Assert.Equal([1L, 5], network.call(randn(1, 3, 32, 32)).shape);
        }
    }

    [Fact]
    public void A_switch_leaves_all_else_as_it_was()
    {
        string[] Without(StagedArchitecture network)
        {
            using var built = network.Build(10);
            return [.. built.state_dict().Keys.Where(k => !k.Contains(".se.", StringComparison.Ordinal))];
        }

        var network = Models.TResNetNano();
        Assert.Equal(Without(network), Without(network with { Attention = Attention.Eca }));
        Assert.Equal(Without(network), Without(network with { Attention = Attention.None }));
        Assert.Equal(network, network with { Attention = Attention.Eca } with { Attention = network.Attention });
    }

    [Fact]
    public void The_stem_says_what_sides_an_input_has()
    {
        using var patches = Models.TResNetNano().Build(10);
        using var deep = (Models.TResNetNano() with { StemKind = StemKind.Deep }).Build(10);
        Assert.Throws<TResNetException>(() => patches.CheckInputSize(33, 33));
        deep.CheckInputSize(33, 33);
    }

    [Theory]
    [InlineData(Downsampling.Strided, ShortcutKind.Projection, 16)]
    [InlineData(Downsampling.Strided, ShortcutKind.Projection, 8)]
    [InlineData(Downsampling.Strided, ShortcutKind.AveragePool, 16)]
    [InlineData(Downsampling.Blur, ShortcutKind.AveragePool, 16)]
    [InlineData(Downsampling.Average, ShortcutKind.AveragePool, 16)]
    public void Dilation_gives_the_values_of_the_strided_network_and_those_between(
        Downsampling downsampling,
        ShortcutKind shortcut,
        int outputStride
    )
    {
        using var scope = NewDisposeScope();
        var strided = Models.Staged("resnet18") with { Downsampling = downsampling, Shortcut = shortcut };
        var network = strided.Build(10);
        var dilated = (strided with { OutputStride = outputStride }).Build(10);
        dilated.load_state_dict(network.state_dict());
        network.to(ScalarType.Float64);
        dilated.to(ScalarType.Float64);
        network.eval();
        dilated.eval();
        using var _ = no_grad();
        var x = randn(1, 3, 128, 128, dtype: ScalarType.Float64);
        var every = 32 / outputStride;

        var coarse = network.forward_features(x);
        var fine = dilated.forward_features(x);

        Assert.Equal([1L, 512, 128 / outputStride, 128 / outputStride], fine.shape);
        var same = fine[TensorIndex.Ellipsis, TensorIndex.Slice(step: every), TensorIndex.Slice(step: every)];

        // A filter that reflects or leaves out its border has another neighbour there.
        var inside = TensorIndex.Slice(1, -1);
        var difference = downsampling == Downsampling.Strided ? same - coarse : (same - coarse)[.., .., inside, inside];
        Assert.True(difference.abs().max().ToDouble() < 1e-9, $"They differ by {difference.abs().max().ToDouble()}.");
    }

    [Fact]
    public void A_refused_switch_says_what_it_takes()
    {
        var network = Models.TResNetM();
        string Refused(Func<StagedArchitecture> change) =>
            Assert.Throws<TResNetException>(() => change().Build(10)).Message;

        Assert.Equal(
            "tresnet_m was given 3 kinds of block: it takes one for all stages, or 4, one for each.",
            Refused(() => network with { Blocks = [BlockKind.Basic, BlockKind.Basic, BlockKind.Basic] })
        );
        Assert.Equal(
            "tresnet_m was given an output stride of 4: it takes 8, 16 or 32.",
            Refused(() => network with { OutputStride = 4 })
        );
        Assert.Equal(
            "tresnet_m was given a drop rate of 1: it takes 0 to 1 exclusive.",
            Refused(() => network with { DropRate = 1 })
        );
        Assert.Equal(
            "tresnet_m was given a number of dropout samples of 0: it takes at least 1.",
            Refused(() => network with { DropoutSamples = 0 })
        );
        Assert.Equal(
            "resnext50_32x4d was given basic blocks with groups of 32: it takes 1, or bottlenecks.",
            Refused(() => Models.Staged("resnext50_32x4d") with { Blocks = [BlockKind.Basic] })
        );
        Assert.Equal(
            "efficientnet_b0 is built of inverted residuals, which have no such switches: take a residual network, such as tresnet_m or resnet50.",
            Assert.Throws<TResNetException>(() => Models.Staged("efficientnet_b0")).Message
        );
    }

    [Fact]
    public void A_RegNet_is_four_numbers()
    {
        // Table 8 of the paper: RegNetX-3.2GF.
        var stages = RegNetFamily.Stages(88, 26.31, 2.25, 48, 25);
        Assert.Equal([96, 192, 432, 1008], stages.Select(s => s.OutputWidth));
        Assert.Equal([2, 6, 15, 2], stages.Select(s => s.Depth));
        Assert.Equal([2, 4, 9, 21], stages.Select(s => s.Groups));
        Assert.StartsWith(
            "There is no RegNet of w0 20,",
            Assert.Throws<TResNetException>(() => RegNetFamily.Stages(20, 1, 2, 8, 10)).Message,
            StringComparison.Ordinal
        );
    }
}
