// MixConv: Mixed Depthwise Convolutional Kernels. Tan and Le, arXiv 1907.09595, section 4.3 and table 2; rows as the authors' implementation lists them.
using TResNet.Layers;
using static TResNet.Architectures.MobileBlockKind;
using static TResNet.Architectures.PointwiseSplit;

namespace TResNet.Architectures;

/// <summary>MixNet: searched networks whose depthwise convolutions mix kernels of several sizes. XL is timm's, not the paper's.</summary>
internal static class MixNetFamily
{
    private const int HeadWidth = 1536;

    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<InvertedArchitecture> All { get; } =
    [
        Small("mixnet_s", top1: 76.0, weights: "ft_in1k"),
        Medium("mixnet_m", width: 1.0, depth: 1.0, top1: 77.268, weights: "ft_in1k"),
        Medium("mixnet_l", width: 1.3, depth: 1.0, top1: 78.97, weights: "ft_in1k"),
        Medium("mixnet_xl", width: 1.6, depth: 1.2, top1: 80.494, weights: "ra_in1k"),
    ];

    private static Activation Swish => Activation.SiLU;

    private static InvertedArchitecture Small(string name, double top1, string weights) =>
        new()
        {
            Info = Describe(name, top1, weights),
            StemWidth = 16,
            Stages =
            [
                // block, repeats n, kernels, stride s, expansion t, channels c, squeeze-and-excitation, activation, split
                [new(Separable, 1, [3], 1, 1, 16)],
                [new(Inverted, 1, [3], 2, 6, 24, Split: Both), new(Inverted, 1, [3], 1, 3, 24, Split: Both)],
                [
                    new(Inverted, 1, [3, 5, 7], 2, 6, 40, 0.5, Swish),
                    new(Inverted, 3, [3, 5], 1, 6, 40, 0.5, Swish, Both),
                ],
                [
                    new(Inverted, 1, [3, 5, 7], 2, 6, 80, 0.25, Swish, Projection),
                    new(Inverted, 2, [3, 5], 1, 6, 80, 0.25, Swish, Projection),
                ],
                [
                    new(Inverted, 1, [3, 5, 7], 1, 6, 120, 0.5, Swish, Both),
                    new(Inverted, 2, [3, 5, 7, 9], 1, 3, 120, 0.5, Swish, Both),
                ],
                [
                    new(Inverted, 1, [3, 5, 7, 9, 11], 2, 6, 200, 0.5, Swish),
                    new(Inverted, 2, [3, 5, 7, 9], 1, 6, 200, 0.5, Swish, Projection),
                ],
            ],
            HeadWidth = HeadWidth,
        };

    // The head keeps its width when the rest is scaled.
    private static InvertedArchitecture Medium(string name, double width, double depth, double top1, string weights) =>
        new InvertedArchitecture
        {
            Info = Describe(name, top1, weights),
            StemWidth = 24,
            Stages =
            [
                // block, repeats n, kernels, stride s, expansion t, channels c, squeeze-and-excitation, activation, split
                [new(Separable, 1, [3], 1, 1, 24)],
                [new(Inverted, 1, [3, 5, 7], 2, 6, 32, Split: Both), new(Inverted, 1, [3], 1, 3, 32, Split: Both)],
                [
                    new(Inverted, 1, [3, 5, 7, 9], 2, 6, 40, 0.5, Swish),
                    new(Inverted, 3, [3, 5], 1, 6, 40, 0.5, Swish, Both),
                ],
                [
                    new(Inverted, 1, [3, 5, 7], 2, 6, 80, 0.25, Swish),
                    new(Inverted, 3, [3, 5, 7, 9], 1, 6, 80, 0.25, Swish, Both),
                ],
                [
                    new(Inverted, 1, [3], 1, 6, 120, 0.5, Swish),
                    new(Inverted, 3, [3, 5, 7, 9], 1, 3, 120, 0.5, Swish, Both),
                ],
                [
                    new(Inverted, 1, [3, 5, 7, 9], 2, 6, 200, 0.5, Swish),
                    new(Inverted, 3, [3, 5, 7, 9], 1, 6, 200, 0.5, Swish, Projection),
                ],
            ],
            HeadWidth = HeadWidth,
        }.Scale(width, depth, DepthRounding.Nearest) with
        {
            HeadWidth = HeadWidth,
        };

    private static ModelInfo Describe(string name, double top1, string weights) =>
        new(
            name,
            "MixNet",
            "MixConv: Mixed Depthwise Convolutional Kernels",
            2019,
            "https://arxiv.org/abs/1907.09595",
            224,
            Top1: top1,
            Top1Source: $"timm's results-imagenet.csv: {weights}"
        );
}
