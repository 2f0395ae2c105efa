// Identity Mappings in Deep Residual Networks. He et al., arXiv 1603.05027; with EvoNorm, Liu et al., arXiv 2004.02967.
using TResNet.Data.Transforms;
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNetV2: activation before each convolution, nothing behind the sum; also with EvoNorm, and then with ResNet-D's changes.</summary>
internal static class ResNetV2Family
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        PreActivated(
            ResNetFamily.Fifty(
                new ModelInfo(
                    "resnetv2_50",
                    "ResNetV2",
                    "Identity Mappings in Deep Residual Networks",
                    2016,
                    "https://arxiv.org/abs/1603.05027",
                    224,
                    Top1: 80.41,
                    Top1Source: "timm's results-imagenet.csv: a1h_in1k"
                )
            )
        ),
        PreActivated(
            ResNetFamily.FiftyD(
                EvoNorm("resnetv2_50d_evos", "EvoNorm-S0", 80.828, "timm's results-imagenet.csv: ah_in1k")
            )
        ) with
        {
            NormAct = NormAct.EvoNormS0,
        },
        PreActivated(ResNetFamily.FiftyD(EvoNorm("resnetv2_50d_evob", "EvoNorm-B0"))) with
        {
            NormAct = NormAct.EvoNormB0,
        },
    ];

    private static StagedArchitecture PreActivated(StagedArchitecture network) =>
        network with
        {
            Info = network.Listed with { Normalize = Normalize.MinusOneToOne, CropPct = 0.95 },
            PreActivation = true,
            ZeroInitLast = false,
            Names = ParameterNames.ResNetV2,
        };

    private static ModelInfo EvoNorm(string name, string kind, double? top1 = null, string? source = null) =>
        new(
            name,
            $"ResNetV2-D with {kind}",
            "Evolving Normalization-Activation Layers",
            2020,
            "https://arxiv.org/abs/2004.02967",
            224,
            Top1: top1,
            Top1Source: source
        );
}
