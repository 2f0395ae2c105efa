// EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks. Tan and Le, arXiv 1905.11946, table 1 (B0) and equation 3 (B1 to B7).
using TResNet.Data.Transforms;
using TResNet.Layers;
using static TResNet.Architectures.MobileBlockKind;

namespace TResNet.Architectures;

/// <summary>EfficientNet: one searched baseline, scaled in width, depth and resolution at once.</summary>
internal static class EfficientNetFamily
{
    private const string Timm = "timm's results-imagenet.csv: ";
    private const string Paper = "arXiv 1905.11946, table 2";

    /// <summary>
    /// The family, smallest first. Width and depth are the authors'; the side is that of timm's weights, in pixels, which for B2 to B5 is less
    /// than the authors' 260, 300, 380 and 456.
    /// </summary>
    public static IReadOnlyList<InvertedArchitecture> All { get; } =
    [
        //    name              width depth side top-1
        Make("efficientnet_b0", 1.0, 1.0, 224, 77.698, Timm + "ra_in1k"),
        Make("efficientnet_b1", 1.0, 1.1, 240, 80.404, Timm + "ra4_e3600_r240_in1k"),
        Make("efficientnet_b2", 1.1, 1.2, 256, 79.324, Timm + "ra_in1k"),
        Make("efficientnet_b3", 1.2, 1.4, 288, 81.472, Timm + "ra2_in1k"),
        Make("efficientnet_b4", 1.4, 1.8, 320, 82.658, Timm + "ra2_in1k"),
        Make("efficientnet_b5", 1.6, 2.2, 448, 85.894, Timm + "sw_in12k_ft_in1k, trained on ImageNet-12k before"),
        Make("efficientnet_b6", 1.8, 2.6, 528),
        Make("efficientnet_b7", 2.0, 3.1, 600, 84.3, Paper),
    ];

    private static InvertedArchitecture Make(
        string name,
        double width,
        double depth,
        int side,
        double? top1 = null,
        string? source = null
    ) =>
        new InvertedArchitecture
        {
            Info = new ModelInfo(
                name,
                "EfficientNet",
                "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
                2019,
                "https://arxiv.org/abs/1905.11946",
                side,
                Top1: top1,
                Top1Source: source
            )
            {
                // Its weights are the only ones here that were trained on another range.
                Normalize = name == "efficientnet_b1" ? Normalize.MinusOneToOne : Normalize.ImageNet,
                CropPct = name switch
                {
                    "efficientnet_b1" => 0.9,
                    "efficientnet_b5" => 1,
                    "efficientnet_b6" => 0.942,
                    "efficientnet_b7" => 0.949,
                    _ => 0.875,
                },
            },
            StemWidth = 32,
            Stages =
            [
                //   block      n  kernel s  t  c   SE
                [new(Separable, 1, [3], 1, 1, 16, 0.25)],
                [new(Inverted, 2, [3], 2, 6, 24, 0.25)],
                [new(Inverted, 2, [5], 2, 6, 40, 0.25)],
                [new(Inverted, 3, [3], 2, 6, 80, 0.25)],
                [new(Inverted, 3, [5], 1, 6, 112, 0.25)],
                [new(Inverted, 4, [5], 2, 6, 192, 0.25)],
                [new(Inverted, 1, [3], 1, 6, 320, 0.25)],
            ],
            HeadWidth = 1280,
            Activation = Activation.SiLU,
        }.Scale(width, depth);
}
