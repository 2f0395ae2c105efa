// Wide Residual Networks. Zagoruyko and Komodakis, arXiv 1605.07146; the ImageNet network of table 8 (WRN-50-2-bottleneck).
namespace TResNet.Architectures;

/// <summary>Wide ResNet: bottlenecks twice as wide inside, and as wide outside.</summary>
internal static class WideResNetFamily
{
    private static readonly StagedArchitecture Narrow = ResNetFamily.Fifty(
        new ModelInfo(
            "wide_resnet50_2",
            "Wide ResNet",
            "Wide Residual Networks",
            2016,
            "https://arxiv.org/abs/1605.07146",
            224,
            Top1: 81.466,
            Top1Source: "timm's results-imagenet.csv: racm_in1k"
        )
    );

    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [Narrow with { Stages = [.. Narrow.Stages.Select(stage => stage with { InnerWidth = 2 * stage.Width })] }];
}
