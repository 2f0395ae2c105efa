// ECA-Net: Efficient Channel Attention for Deep Convolutional Neural Networks. Wang et al., arXiv 1910.03151.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNet-D with efficient channel attention, its channels in a row or in a circle.</summary>
internal static class ECAResNetFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        Make("ecaresnet50d", "ECA-ResNet-D", Attention.Eca, 80.634, "timm's results-imagenet.csv: miil_in1k"),
        Make("cecaresnet50d", "cECA-ResNet-D", Attention.CircularEca),
    ];

    private static StagedArchitecture Make(
        string name,
        string family,
        Attention attention,
        double? top1 = null,
        string? source = null
    ) =>
        ResNetFamily.FiftyD(
            new ModelInfo(
                name,
                family,
                "ECA-Net: Efficient Channel Attention for Deep Convolutional Neural Networks",
                2019,
                "https://arxiv.org/abs/1910.03151",
                224,
                Top1: top1,
                Top1Source: source
            )
        ) with
        {
            Attention = attention,
        };
}
