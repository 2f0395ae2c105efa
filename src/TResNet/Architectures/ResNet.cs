// Deep Residual Learning for Image Recognition. He et al., arXiv 1512.03385, table 1; stride in the 3x3 convolution ("v1.5"), as torchvision has it.
using static TResNet.Architectures.BlockKind;

namespace TResNet.Architectures;

/// <summary>The ResNet family: what TResNet is measured against, and what its relatives are variants of.</summary>
internal static class ResNetFamily
{
    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        Make("resnet18", Basic, [2, 2, 2, 2], 71.5, "a1_in1k"),
        Make("resnet34", Basic, [3, 4, 6, 3], 76.42, "a1_in1k"),
        Make("resnet50", Bottleneck, [3, 4, 6, 3], 79.0, null),
        Make("resnet101", Bottleneck, [3, 4, 23, 3], 81.95, "a1h_in1k"),
    ];

    /// <summary>ResNet-50 under another name, for relatives to change with <c>with</c>.</summary>
    /// <param name="info">What the relative is.</param>
    internal static StagedArchitecture Fifty(ModelInfo info) => Make(info, Bottleneck, [3, 4, 6, 3]);

    /// <summary>ResNet-50-D under another name: deep stem, average-pool shortcut (He et al., arXiv 1812.01187, section 4.2).</summary>
    /// <param name="info">What the relative is.</param>
    internal static StagedArchitecture FiftyD(ModelInfo info) =>
        Fifty(info) with
        {
            StemKind = StemKind.Deep,
            Shortcut = ShortcutKind.AveragePool,
        };

    private static StagedArchitecture Make(string name, BlockKind block, int[] depths, double top1, string? weights) =>
        Make(
            new ModelInfo(
                name,
                "ResNet",
                "Deep Residual Learning for Image Recognition",
                2015,
                "https://arxiv.org/abs/1512.03385",
                224,
                Top1: top1,
                Top1Source: weights is null
                    ? "arXiv 2003.13630, table 1 (trained by timm)"
                    : $"timm's results-imagenet.csv: {weights}"
            )
            {
                CropPct = 0.95,
            },
            block,
            depths
        );

    private static StagedArchitecture Make(ModelInfo info, BlockKind block, int[] depths) =>
        new()
        {
            Info = info,
            Stem = new(StemKind.Convolution7x7, 64),
            Stages = [.. depths.Select((depth, i) => new Stage(block, depth, 64 << i))],
            Names = ParameterNames.ResNet,
        };
}
