// ResNeSt: Split-Attention Networks. Zhang et al., arXiv 2004.08955, table 3 (radix 2, one group).
using TResNet.Data.Transforms;
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNeSt: ResNet-D whose 3x3 convolutions are split in two and mixed by attention.</summary>
internal static class ResNeStFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        ResNetFamily.FiftyD(
            new ModelInfo(
                "resnest50d",
                "ResNeSt",
                "ResNeSt: Split-Attention Networks",
                2020,
                "https://arxiv.org/abs/2004.08955",
                224,
                Top1: 80.958,
                Top1Source: "timm's results-imagenet.csv: in1k"
            )
            {
                Interpolation = Interpolation.Bilinear,
            }
        ) with
        {
            Spatial = new SplitAttentionConvolution(),
        },
    ];
}
