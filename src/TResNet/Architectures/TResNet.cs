// TResNet: High Performance GPU-Dedicated Architecture. Ridnik et al., arXiv 2003.13630, table 1 ("Overall architecture").
using TResNet.Data.Transforms;
using TResNet.Layers;
using static TResNet.Architectures.BlockKind;

namespace TResNet.Architectures;

/// <summary>
/// The TResNet family. Stem and first stages work on a quarter of the image's side; basic blocks where maps are large, bottlenecks where
/// channels are many, squeeze-and-excitation in all stages but the last.
/// </summary>
internal static class TResNetFamily
{
    private const string Readme = "official README, table 3 and figure 4";

    /// <summary>The family, smallest first.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        //   name               stem  stage 1            stage 2             stage 3                  stage 4
        Nano("tresnet_nano"),
        V1("tresnet_m", 224, 64, [3, 4, 11, 3], 80.8),
        V1("tresnet_l", 224, 76, [4, 5, 18, 3], 81.5),
        V1("tresnet_xl", 224, 83, [4, 5, 24, 3], 82.0),
        V2("tresnet_v2_l", 224, 64, [3, 4, 23, 3]),
        V1("tresnet_m_448", 448, 64, [3, 4, 11, 3], 83.2),
        V1("tresnet_l_448", 448, 76, [4, 5, 18, 3], 83.8),
        V1("tresnet_xl_448", 448, 83, [4, 5, 24, 3], 84.3),
    ];

    private static StagedArchitecture V1(string name, int inputSize, int width, int[] depths, double top1) =>
        Make(
            name,
            inputSize,
            width,
            [
                new(Basic, depths[0], width),
                new(Basic, depths[1], 2 * width),
                new(Bottleneck, depths[2], 4 * width),
                new(Bottleneck, depths[3], 8 * width, Attention: false),
            ],
            top1
        );

    // The second version (the authors' ImageNet-21K work, arXiv 2104.10972): bottlenecks in all stages.
    private static StagedArchitecture V2(string name, int inputSize, int width, int[] depths) =>
        Make(
            name,
            inputSize,
            width,
            [
                new(Bottleneck, depths[0], width),
                new(Bottleneck, depths[1], 2 * width),
                new(Bottleneck, depths[2], 4 * width),
                new(Bottleneck, depths[3], 8 * width, Attention: false),
            ]
        );

    // Ours, for 32-pixel images: the paper's four stages with one block each, a quarter as wide. Patches of 2x2 leave maps of 16x16; with
    // the paper's 4x4 the same compute on Fashion-MNIST ends about two points lower.
    private static StagedArchitecture Nano(string name) =>
        Make(
            name,
            32,
            16,
            [new(Basic, 1, 16), new(Basic, 1, 32), new(Bottleneck, 1, 32), new(Bottleneck, 1, 64, Attention: false)],
            patch: 2
        );

    private static StagedArchitecture Make(
        string name,
        int inputSize,
        int width,
        IReadOnlyList<Stage> stages,
        double? top1 = null,
        int patch = SpaceToDepth.PaperPatch
    ) =>
        new()
        {
            Info = new ModelInfo(
                name,
                "TResNet",
                "TResNet: High Performance GPU-Dedicated Architecture",
                2020,
                "https://arxiv.org/abs/2003.13630",
                inputSize,
                patch,
                top1,
                top1 is null ? null : Readme
            )
            {
                Normalize = Normalize.ZeroToOne,
                Interpolation = Interpolation.Bilinear,
            },
            Stem = new(StemKind.SpaceToDepth, width, patch),
            Stages = stages,
            Downsampling = Downsampling.Blur,
            Shortcut = ShortcutKind.AveragePool,
            NormAct = NormAct.BatchNorm(Activation.LeakyReLU(0.001)) with
            {
                Stem = Activation.LeakyReLU(0.01),
                Sum = Activation.ReLU,
            },

            // A quarter of a basic block's channels, an eighth of a bottleneck's, never under 64, where channels are fewest (section 2.2).
            Attention = new SqueezeExciteAttention
            {
                Reduction = 8,
                BasicReduction = 4,
                MinimumWidth = 64,
                Divisor = 1,
            },
            AttentionPlacement = AttentionPlacement.BeforeWidening,
            Names = ParameterNames.TResNet,
        };
}
