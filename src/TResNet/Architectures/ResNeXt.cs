// Aggregated Residual Transformations for Deep Neural Networks. Xie et al., arXiv 1611.05431, table 1 (32x4d).
namespace TResNet.Architectures;

/// <summary>ResNeXt: 3x3 convolutions in 32 groups, of 4 channels each in the first stage.</summary>
internal static class ResNeXtFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        Fifty(
            new ModelInfo(
                "resnext50_32x4d",
                "ResNeXt",
                "Aggregated Residual Transformations for Deep Neural Networks",
                2016,
                "https://arxiv.org/abs/1611.05431",
                224,
                Top1: 79.8,
                Top1Source: "timm's results-imagenet.csv: ra_in1k"
            )
        ),
    ];

    /// <summary>ResNeXt-50 32x4d under another name, for relatives to change with <c>with</c>.</summary>
    /// <param name="info">What the relative is.</param>
    internal static StagedArchitecture Fifty(ModelInfo info)
    {
        var resnet = ResNetFamily.Fifty(info);
        return resnet with
        {
            Stages = [.. resnet.Stages.Select(stage => stage with { Groups = 32, InnerWidth = 2 * stage.Width })],
        };
    }
}
