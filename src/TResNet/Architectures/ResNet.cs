// Deep Residual Learning for Image Recognition. He et al., arXiv 1512.03385, table 1; stride in the 3x3 convolution ("v1.5"), as torchvision has it.
using TResNet.Layers;
using static TResNet.Architectures.BlockKind;

namespace TResNet.Architectures;

/// <summary>The ResNet family: what TResNet is measured against.</summary>
public static class ResNetFamily
{
    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        Make("resnet18", Basic, [2, 2, 2, 2]),
        Make("resnet34", Basic, [3, 4, 6, 3]),
        Make("resnet50", Bottleneck, [3, 4, 6, 3], 79.0),
    ];

    private static StagedArchitecture Make(string name, BlockKind block, int[] depths, double? top1 = null) =>
        new()
        {
            Info = new ModelInfo(
                name,
                "ResNet",
                "Deep Residual Learning for Image Recognition",
                2015,
                "https://arxiv.org/abs/1512.03385",
                224,
                1,
                top1,
                top1 is null ? null : "arXiv 2003.13630, table 1 (trained by timm)"
            ),
            Stem = new(StemKind.Convolution7x7, 64, Activation.ReLU),
            Stages = [.. depths.Select((depth, i) => new Stage(block, depth, 64 << i))],
            Names = ParameterNames.ResNet,
        };
}
