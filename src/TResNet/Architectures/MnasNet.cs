// MnasNet: Platform-Aware Neural Architecture Search for Mobile. Tan et al., arXiv 1807.11626, table 2: MnasNet-B1, found without squeeze-and-excitation; rows as the authors' implementation lists them.
using static TResNet.Architectures.MobileBlockKind;

namespace TResNet.Architectures;

/// <summary>MnasNet: inverted residuals whose kernels and widths a search chose for a phone's latency.</summary>
internal static class MnasNetFamily
{
    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<InvertedArchitecture> All { get; } =
    [
        new()
        {
            Info = new ModelInfo(
                "mnasnet_100",
                "MnasNet",
                "MnasNet: Platform-Aware Neural Architecture Search for Mobile",
                2018,
                "https://arxiv.org/abs/1807.11626",
                224,
                Top1: 74.672,
                Top1Source: "timm's results-imagenet.csv: rmsp_in1k"
            ),
            StemWidth = 32,
            Stages =
            [
                //   block      n  kernel s  t  c
                [new(Separable, 1, [3], 1, 1, 16)],
                [new(Inverted, 3, [3], 2, 3, 24)],
                [new(Inverted, 3, [5], 2, 3, 40)],
                [new(Inverted, 3, [5], 2, 6, 80)],
                [new(Inverted, 2, [3], 1, 6, 96)],
                [new(Inverted, 4, [5], 2, 6, 192)],
                [new(Inverted, 1, [3], 1, 6, 320)],
            ],
            HeadWidth = 1280,
        },
    ];
}
