using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Architectures;

/// <summary>Every switch by text is the change that C# makes with <c>with</c>, and builds.</summary>
public sealed class SwitchByTextTests
{
    private static readonly StagedArchitecture ResNet = Models.ResNet50();
    private static readonly StagedArchitecture TResNet = Models.TResNetM();

    private static readonly StagedArchitecture Decoding = ResNet with { Head = HeadKind.MLDecoder };

    private static readonly (string Setting, Architecture From, Architecture Expected)[] Changes =
    [
        ("stem=deep", ResNet, ResNet with { StemKind = StemKind.Deep }),
        ("stem=s2d", ResNet, ResNet with { StemKind = StemKind.SpaceToDepth }),
        ("stem=7x7", TResNet, TResNet with { StemKind = StemKind.Convolution7x7 }),
        ("stem=3x3", TResNet, TResNet with { Stem = TResNet.Stem with { Kind = StemKind.Convolution3x3 } }),
        ("patch=8", TResNet, TResNet with { Stem = TResNet.Stem with { Patch = 8 } }),
        ("downsampling=blur", ResNet, ResNet with { Downsampling = Downsampling.Blur }),
        ("downsampling=average", ResNet, ResNet with { Downsampling = Downsampling.Average }),
        ("downsampling=strided", TResNet, TResNet with { Downsampling = Downsampling.Strided }),
        ("norm=inplace-abn", ResNet, ResNet with { NormAct = NormAct.InPlaceAbn(Activation.ReLU) }),
        ("norm=evonorm-b0", ResNet, ResNet with { NormAct = ResNet.NormAct with { Kind = NormKind.EvoNormB0 } }),
        ("activation=silu", ResNet, ResNet with { NormAct = NormAct.BatchNorm(Activation.SiLU) }),
        ("activation=swish", TResNet, TResNet with { NormAct = NormAct.BatchNorm(Activation.SiLU) }),
        ("activation=relu6", ResNet, ResNet with { NormAct = NormAct.BatchNorm(Activation.ReLU6) }),
        ("activation=leaky_relu", ResNet, ResNet with { NormAct = NormAct.BatchNorm(Activation.LeakyReLU(0.01)) }),
        ("activation=leaky-relu:0.2", ResNet, ResNet with { NormAct = NormAct.BatchNorm(Activation.LeakyReLU(0.2)) }),
        ("attention=eca", TResNet, TResNet with { Attention = Attention.Eca }),
        ("attention=ceca", TResNet, TResNet with { Attention = Attention.CircularEca }),
        ("attention=none", TResNet, TResNet with { Attention = Attention.None }),
        ("attention=se", ResNet, ResNet with { Attention = Attention.SqueezeExcite }),
        ("attention-placement=end", TResNet, TResNet with { AttentionPlacement = AttentionPlacement.End }),
        (
            "reduction=16",
            TResNet,
            TResNet with
            {
                Attention = TResNet.Attention with { Reduction = 16, BasicReduction = null },
            }
        ),
        ("block=basic", TResNet, TResNet with { Blocks = [BlockKind.Basic] }),
        (
            "block=basic,basic,basic,bottleneck-ratio-1",
            TResNet,
            TResNet with
            {
                Blocks = [BlockKind.Basic, BlockKind.Basic, BlockKind.Basic, BlockKind.BottleneckRatio1],
            }
        ),
        ("depths=2,2,2,2", ResNet, ResNet with { Depths = [2, 2, 2, 2] }),
        ("shortcut=average", ResNet, ResNet with { Shortcut = ShortcutKind.AveragePool }),
        ("pre-activation=true", ResNet, ResNet with { PreActivation = true }),
        ("output-stride=8", ResNet, ResNet with { OutputStride = 8 }),
        ("head=ml-decoder", ResNet, ResNet with { Head = HeadKind.MLDecoder }),
        ("head=MLDecoder", Mobile, Mobile with { Head = HeadKind.MLDecoder }),
        ("num-of-groups=20", Decoding, Decoding with { Decoder = new MLDecoderOptions(NumOfGroups: 20) }),
        ("decoder-embedding=256", Decoding, Decoding with { Decoder = new MLDecoderOptions(DecoderEmbedding: 256) }),
        ("drop-rate=0.5", ResNet, ResNet with { DropRate = 0.5 }),
        ("drop-path=0.1", ResNet, ResNet with { DropPathRate = 0.1 }),
        ("dropout-samples=4", ResNet with { DropRate = 0.2 }, ResNet with { DropRate = 0.2, DropoutSamples = 4 }),
        ("pool=catavgmax", ResNet, ResNet with { GlobalPool = GlobalPool.CatAvgMax }),
        ("multi-label=true", ResNet, ResNet with { MultiLabel = true }),
        ("activation=mish", Mobile, Mobile with { Activation = Activation.Mish }),
        ("attention=none", Mobile, WithSqueezeExcite(Mobile, 0)),
        ("attention=se", Plain, WithSqueezeExcite(Plain, 0.25)),
        ("drop-path=0.2", Mobile, Mobile with { DropPathRate = 0.2 }),
    ];

    public static TheoryData<int, string> Settings
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var i = 0; i < Changes.Length; i++)
            {
                data.Add(i, $"{Changes[i].From} {Changes[i].Setting}");
            }

            return data;
        }
    }

    public static TheoryData<string, string> EveryChoice
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in new[] { "tresnet_nano", "mobilenetv2_100", "mixnet_s" })
            {
                foreach (var each in Models.Describe(name).Switches)
                {
                    foreach (var choice in each.Choices)
                    {
                        data.Add(name, $"{each.Name}={choice}");
                    }
                }
            }

            return data;
        }
    }

    private static InvertedArchitecture Mobile => (InvertedArchitecture)Models.Describe("efficientnet_b0");

    private static InvertedArchitecture Plain => (InvertedArchitecture)Models.Describe("mobilenetv2_100");

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_switch_by_text_is_the_change_that_with_makes(int number, string _)
    {
        var (setting, from, expected) = Changes[number];

        var changed = from.With(setting.Split('=')[0], setting.Split('=')[1]);

        Assert.Equal(expected, changed);
        Assert.NotEqual(from, changed);
        Assert.Equal(expected, from.With([setting]));
    }

    [Fact]
    public void No_switch_is_left_out_of_these_tests() =>
        Assert.Equal(
            Switch.OfResidualNetworks.Select(each => each.Name).Except(["norm"]).Order(),
            Changes
                .Where(change => change.From is StagedArchitecture)
                .Select(change => change.Setting.Split('=')[0])
                .Distinct()
                .Except(["norm"])
                .Order()
        );

    [Theory]
    [MemberData(nameof(EveryChoice))]
    public void Every_choice_builds_and_its_network_has_a_name_that_describes_it(string name, string setting)
    {
        using var scope = NewDisposeScope();
        var listed = Models.Describe(name);
        string[] settings = setting.Split('=')[0] switch
        {
            "dropout-samples" => ["drop-rate=0.2", setting],
            "num-of-groups" or "decoder-embedding" => ["head=ml-decoder", setting],
            _ => [setting],
        };
        var variant = listed.With(settings);

        using var network = variant.Build(numClasses: 3);
        network.eval();

        Assert.Equal([1L, 3L], network.call(zeros(1, 3, 64, 64)).shape);
        Assert.Equal(variant.Equals(listed), network.Info.Name == name);
        Assert.Equal(variant, Models.Describe(network.Info.Name));
    }

    [Fact]
    public void Names_and_values_are_read_as_the_field_writes_them()
    {
        var expected = TResNet with { StemKind = StemKind.SpaceToDepth, DropPathRate = 0.1 };
        foreach (
            var settings in new[]
            {
                new[] { "stem=space-to-depth", "drop-path=0.1" },
                ["Stem=SpaceToDepth", "drop_path_rate=.1"],
                ["STEM = s2d", "Drop-Path = 1e-1"],
            }
        )
        {
            Assert.Equal(expected, TResNet.With(settings));
        }

        Assert.Equal(
            Decoding.With(["num-of-groups=20", "decoder-embedding=256"]),
            ResNet.With(["Head=ML_Decoder", "num_of_groups=20", "decoder_embedding=256"])
        );

        Assert.Equal(ResNet.With("norm", "evonorm-s0"), ResNet.With("Norm", "EvoNormS0"));
        Assert.Equal(ResNet.With("norm", "inplace-abn"), ResNet.With("norm", "InplaceABN"));
        Assert.Equal(ResNet.With("activation", "leaky_relu:0.01"), ResNet.With("activation", "LeakyReLU:1e-2"));
        Assert.Equal(ResNet.With("block", "bottleneck_ratio_1"), ResNet.With("blocks", "BottleneckRatio1"));
    }

    [Theory]
    [InlineData("tresnet_m", "norm=inplace-abn", "activation=leaky_relu:0.01")]
    [InlineData("tresnet_m", "norm=evonorm-s0", "activation=silu")]
    [InlineData("resnet50", "attention=se", "reduction=4")]
    [InlineData("resnet50", "stem=s2d", "patch=2")]
    [InlineData("resnet50", "block=basic", "depths=2,2,2,2")]
    [InlineData("resnet50", "drop-rate=0.2", "dropout-samples=8")]
    [InlineData("efficientnet_b0", "head=ml-decoder", "num-of-groups=20")]
    [InlineData("mixnet_s", "activation=mish", "attention=se")]
    public void The_order_of_two_switches_does_not_matter(string name, string one, string other)
    {
        var network = Models.Describe(name);

        Assert.Equal(network.With([one, other]), network.With([other, one]));
        Assert.Equal(
            $"{name} + {one} + {other}".Replace("s2d", "space-to-depth"),
            network.With([other, one]).Info.Name
        );
    }

    [Fact]
    public void An_activation_is_set_everywhere()
    {
        var norm = TResNet.With("activation", "mish").NormAct;

        Assert.Equal((Activation.Mish, Activation.Mish, Activation.Mish), (norm.Inner, norm.OfStem, norm.OfSum));
        Assert.Equal(Activation.ReLU, TResNet.With("norm", "evonorm-s0").NormAct.OfSum);
        Assert.All(
            ((InvertedArchitecture)Models.Describe("mixnet_s")).With("activation", "mish").Stages.SelectMany(r => r),
            row => Assert.Null(row.Activation)
        );
    }

    [Theory]
    [InlineData(
        "tresnet_m",
        "atention=eca",
        "tresnet_m has no switch 'atention': did you mean attention? Its switches are stem, patch, "
    )]
    [InlineData(
        "tresnet_m",
        "colour=red",
        "tresnet_m has no switch 'colour'. Its switches are stem, patch, downsampling, "
    )]
    [InlineData(
        "efficientnet_b0",
        "stem=deep",
        "efficientnet_b0 has no switch 'stem'. Its switches are activation, attention, "
    )]
    [InlineData(
        "tresnet_m",
        "attention=ecca",
        "attention cannot be 'ecca', did you mean eca? It takes none, ceca, coord, eca or se."
    )]
    [InlineData(
        "tresnet_m",
        "attention=everything",
        "attention cannot be 'everything'. It takes none, ceca, coord, eca or se."
    )]
    [InlineData("tresnet_m", "attention=", "attention cannot be ''")]
    [InlineData(
        "tresnet_m",
        "attention",
        "attention is given no value: it takes none, ceca, coord, eca or se, as in attention=none."
    )]
    [InlineData("tresnet_m", "drop-rate=half", "drop-rate cannot be 'half'. It takes a number from 0 to 1 exclusive.")]
    [InlineData("tresnet_m", "drop-rate=1.5", "tresnet_m was given a drop rate of 1.5: it takes 0 to 1 exclusive.")]
    [InlineData("tresnet_m", "output-stride=12", "tresnet_m was given an output stride of 12: it takes 8, 16 or 32.")]
    [InlineData("tresnet_m", "patch=3", "tresnet_m was given a stem's patch of 3: it takes 2, 4 or 8.")]
    [InlineData("tresnet_m", "activation=leaky_relu:much", "activation cannot be 'leaky_relu:much'")]
    [InlineData(
        "tresnet_m",
        "depths=2,2",
        "tresnet_m was given 2 depths: it takes one for all stages, or 4, one for each."
    )]
    [InlineData("tresnet_m", "depths=0", "tresnet_m was given a stage's depth of 0: it takes at least 1.")]
    [InlineData(
        "tresnet_m",
        "block=basic,round",
        "block cannot be 'basic,round'. It takes basic, bottleneck or bottleneck-ratio-1, one for all"
    )]
    [InlineData("tresnet_xl", "stem=deep", "tresnet_xl was given a deep stem's width of 83: it takes an even number.")]
    [InlineData("resnet50", "reduction=4", "reduction=4 changes nothing in resnet50: it goes with attention=se.")]
    [InlineData("resnet50", "patch=2", "patch=2 changes nothing in resnet50: it goes with stem=space-to-depth.")]
    [InlineData(
        "resnet50",
        "dropout-samples=4",
        "dropout-samples=4 changes nothing in resnet50: it goes with drop-rate=0.2."
    )]
    [InlineData("resnet50", "head=decoder", "head cannot be 'decoder'")]
    [InlineData(
        "resnet50",
        "num-of-groups=20",
        "num-of-groups=20 changes nothing in resnet50: it goes with head=ml-decoder."
    )]
    [InlineData(
        "resnet50",
        "head=ml-decoder pool=max",
        "pool=max changes nothing in resnet50: it goes with head=linear."
    )]
    [InlineData(
        "resnet50",
        "head=ml-decoder drop-rate=0.5",
        "drop-rate=0.5 changes nothing in resnet50: it goes with head=linear."
    )]
    [InlineData(
        "resnet50",
        "head=ml-decoder num-of-groups=0",
        "resnet50 was given a number of groups of 0: it takes at least 1."
    )]
    [InlineData(
        "resnet50",
        "head=ml-decoder decoder-embedding=100",
        "resnet50 was given a decoder embedding of 100: it takes a multiple of 8, the heads of its attention."
    )]
    [InlineData(
        "regnety_032",
        "block=basic",
        "regnety_032 was given basic blocks with groups of 3: it takes 1, or bottlenecks."
    )]
    public void What_cannot_be_set_gets_one_sentence(string name, string setting, string sentence)
    {
        var refused = Assert.Throws<TResNetException>(() =>
            Models.Describe(name).With(setting.Split(' ')).Build().Dispose()
        );

        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static InvertedArchitecture WithSqueezeExcite(InvertedArchitecture network, double share) =>
        network with
        {
            Stages =
            [
                .. network.Stages.Select(rows => rows.Select(row => row with { SqueezeExcite = share }).ToArray()),
            ],
        };
}
