// Making Convolutional Networks Shift-Invariant Again. Zhang, arXiv 1904.11486, section 3.2; average pooling in the place of the blur is Lee et al.'s, arXiv 2001.06268.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNets that smooth before they halve: TResNet's downsampling, by itself.</summary>
internal static class AntiAliasedResNetFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        ResNetFamily.Fifty(
            new ModelInfo(
                "resnetblur50",
                "ResNet with BlurPool",
                "Making Convolutional Networks Shift-Invariant Again",
                2019,
                "https://arxiv.org/abs/1904.11486",
                224,
                Top1: 79.306,
                Top1Source: "timm's results-imagenet.csv: bt_in1k"
            )
        ) with
        {
            Downsampling = Downsampling.Blur,
        },
        ResNetFamily.FiftyD(
            new ModelInfo(
                "resnetaa50d",
                "ResNet-D with average pooling",
                "Compounding the Performance Improvements of Assembled Techniques in a Convolutional Neural Network",
                2020,
                "https://arxiv.org/abs/2001.06268",
                224,
                Top1: 81.782,
                Top1Source: "timm's results-imagenet.csv: sw_in12k_ft_in1k, trained on ImageNet-12k before"
            )
            {
                CropPct = 0.95,
            }
        ) with
        {
            Downsampling = Downsampling.Average,
        },
    ];
}
