// MobileNetV2: Inverted Residuals and Linear Bottlenecks. Sandler et al., arXiv 1801.04381, table 2.
using TResNet.Layers;
using static TResNet.Architectures.MobileBlockKind;

namespace TResNet.Architectures;

/// <summary>MobileNetV2: the network that the inverted residual comes from.</summary>
internal static class MobileNetV2Family
{
    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<InvertedArchitecture> All { get; } =
    [
        new()
        {
            Info = new ModelInfo(
                "mobilenetv2_100",
                "MobileNetV2",
                "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
                2018,
                "https://arxiv.org/abs/1801.04381",
                224,
                Top1: 72.91,
                Top1Source: "timm's results-imagenet.csv: ra_in1k"
            ),
            StemWidth = 32,
            Stages =
            [
                //   block      n  kernel s  t  c
                [new(Separable, 1, [3], 1, 1, 16)],
                [new(Inverted, 2, [3], 2, 6, 24)],
                [new(Inverted, 3, [3], 2, 6, 32)],
                [new(Inverted, 4, [3], 2, 6, 64)],
                [new(Inverted, 3, [3], 1, 6, 96)],
                [new(Inverted, 3, [3], 2, 6, 160)],
                [new(Inverted, 1, [3], 1, 6, 320)],
            ],
            HeadWidth = 1280,
            Activation = Activation.ReLU6,
        },
    ];
}
