// Squeeze-and-Excitation Networks. Hu et al., arXiv 1709.01507, table 1.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNet and ResNeXt with squeeze-and-excitation at the end of each branch.</summary>
internal static class SEResNetFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        ResNetFamily.Fifty(Info("seresnet50", "SE-ResNet", 80.26, "ra2_in1k")) with
        {
            Attention = Attention.SqueezeExcite,
        },
        ResNeXtFamily.Fifty(Info("seresnext50_32x4d", "SE-ResNeXt", 81.268, "racm_in1k")) with
        {
            Attention = Attention.SqueezeExcite,
        },
    ];

    private static ModelInfo Info(string name, string family, double top1, string weights) =>
        new(
            name,
            family,
            "Squeeze-and-Excitation Networks",
            2017,
            "https://arxiv.org/abs/1709.01507",
            224,
            Top1: top1,
            Top1Source: $"timm's results-imagenet.csv: {weights}"
        );
}
