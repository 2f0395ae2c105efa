using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>What is written of a network computes in ONNX Runtime what the network computes.</summary>
public sealed class NetworkTests : ExportFolder
{
    // Set by `./build.sh onnx`: all that is listed, which takes minutes.
    private const string WholeListVariable = "TRESNET_ONNX_ALL";

    private static readonly string[] OneOfEachFamily =
    [
        "tresnet_m",
        "resnet50",
        "resnet50d",
        "resnext50_32x4d",
        "seresnet50",
        "resnetblur50",
        "resnetaa50d",
        "cecaresnet50d",
        "skresnet50",
        "resnest50d",
        "resnetv2_50",
        "resnetv2_50d_evos",
        "resnetv2_50d_evob",
        "regnety_002",
        "efficientnet_b0",
        "mobilenetv2_100",
        "mnasnet_100",
        "mixnet_s",
    ];

    public static TheoryData<string> Names => [.. WholeList ?? OneOfEachFamily];

    internal static IEnumerable<string>? WholeList =>
        Environment.GetEnvironmentVariable(WholeListVariable) is null ? null : Models.List().Select(info => info.Name);

    // What a switch has no bearing without.
    private static readonly Dictionary<string, string> GoesWith = new()
    {
        ["patch"] = "stem=space-to-depth",
        ["reduction"] = "attention=se",
        ["attention-placement"] = "attention=se",
        ["num-of-groups"] = "head=ml-decoder",
        ["decoder-embedding"] = "head=ml-decoder",
        ["dropout-samples"] = "drop-rate=0.2",
    };

    /// <summary>Every choice of every switch of a small residual network, and of one of inverted residuals those that it does not share.</summary>
    public static TheoryData<string> Variants => [.. VariantNames];

    internal static IEnumerable<string> VariantNames =>
        [
            .. new[] { "tresnet_nano", "mixnet_s" }.SelectMany(name =>
                Models
                    .Describe(name)
                    .Switches.Where(each => name != "mixnet_s" || each.Name is "activation" or "attention")
                    .SelectMany(
                        each => each.Choices,
                        (each, choice) =>
                            string.Join(
                                '+',
                                new[]
                                {
                                    name,
                                    GoesWith.GetValueOrDefault(each.Name),
                                    $"{each.Name}={choice}",
                                }.OfType<string>()
                            )
                    )
            ),
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_is_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(name, 10));
        SameInOnnxRuntime(network, name);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_choice_of_every_switch_is_the_same(string variant)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(variant, 30));
        SameInOnnxRuntime(network, variant);
    }

    [Theory]
    [InlineData("tresnet_m", 32)]
    [InlineData("resnet50d", 16)]
    [InlineData("efficientnet_b0", 32)]
    public void Feature_maps_are_the_same(string name, int outputStride)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.CreateFeatures(name, [1, -1, 1], outputStride: outputStride));
        SameInOnnxRuntime(network, name);
        using var session = new OnnxSession(PathOf("network.onnx"));
        Assert.Equal(["features_0", "features_1", "features_2"], session.Outputs);
    }

    [Fact]
    public void TorchSharps_layers_are_the_same()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(
            nn.Sequential(
                nn.Conv2d(4, 8, (3, 5), stride: (2, 1), padding: (1, 4), dilation: (1, 2)),
                nn.GELU(),
                nn.MaxPool2d((3, 2), stride: (2, 3), padding: (1, 0), dilation: (2, 1), ceil_mode: true),
                nn.Hardswish(),
                nn.BatchNorm2d(8),
                nn.Tanh(),
                nn.AvgPool2d(3, stride: 2, padding: 1),
                nn.Hardsigmoid(),
                nn.AdaptiveAvgPool2d(1),
                nn.Flatten(),
                nn.Linear(8, 5, hasBias: false),
                nn.Sigmoid()
            )
        );
        SameInOnnxRuntime(network, "the sequence", new OnnxOptions { InChans = 4 }, channels: 4);
    }
}
