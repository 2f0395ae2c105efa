// Bag of Tricks for Image Classification with Convolutional Neural Networks. He et al., arXiv 1812.01187, section 4.2 (ResNet-D; fastai calls it XResNet).

namespace TResNet.Architectures;

/// <summary>ResNet-D: three small convolutions in the stem, shortcuts that pool before they project.</summary>
internal static class ResNetDFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        ResNetFamily.FiftyD(
            new ModelInfo(
                "resnet50d",
                "ResNet-D",
                "Bag of Tricks for Image Classification with Convolutional Neural Networks",
                2018,
                "https://arxiv.org/abs/1812.01187",
                224,
                Top1: 80.546,
                Top1Source: "timm's results-imagenet.csv: ra2_in1k"
            )
        ),
    ];
}
