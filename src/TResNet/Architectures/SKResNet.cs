// Selective Kernel Networks. Li et al., arXiv 1903.06586, table 1; SK-ResNeXt is the paper's SKNet-50, SK-ResNet timm's lighter one.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>ResNet and ResNeXt whose 3x3 convolutions choose between two reaches.</summary>
internal static class SKResNetFamily
{
    /// <summary>The family.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        Selective(ResNetFamily.Fifty(Info("skresnet50", "SK-ResNet")), new SelectiveKernelConvolution()),
        Selective(
            ResNeXtFamily.Fifty(
                Info("skresnext50_32x4d", "SK-ResNeXt", 80.168, "timm's results-imagenet.csv: ra_in1k")
            ),
            new SelectiveKernelConvolution(SplitsInput: false, Divisor: 32)
        ),
    ];

    private static StagedArchitecture Selective(StagedArchitecture network, SelectiveKernelConvolution kernel) =>
        network with
        {
            Spatial = kernel,
            ZeroInitLast = false,
            Names = ParameterNames.SelectiveKernel,
        };

    private static ModelInfo Info(string name, string family, double? top1 = null, string? source = null) =>
        new(
            name,
            family,
            "Selective Kernel Networks",
            2019,
            "https://arxiv.org/abs/1903.06586",
            224,
            Top1: top1,
            Top1Source: source
        );
}
