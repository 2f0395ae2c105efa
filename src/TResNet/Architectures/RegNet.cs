// Designing Network Design Spaces. Radosavovic et al., arXiv 2003.13678: widths from four numbers (section 3.3), networks from figures 16 and 17's tables.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>
/// RegNetX and RegNetY: block widths grow linearly, rounded so that they grow by a factor between stages. Y carries squeeze-and-excitation. The
/// number in a name is multiply-adds, in hundreds of millions.
/// </summary>
internal static class RegNetFamily
{
    private const int StemWidth = 32;
    private const int WidthStep = 8;

    /// <summary>The family, X before Y, smallest first.</summary>
    public static IReadOnlyList<StagedArchitecture> All { get; } =
    [
        //   name           w0   wa      wm   group depth top-1
        X("regnetx_002", 24, 36.44, 2.49, 8, 13, 68.758),
        X("regnetx_004", 24, 24.48, 2.54, 16, 22, 72.482),
        X("regnetx_004_tv", 24, 24.48, 2.54, 16, 22, null) with
        {
            Stages = HalvesRoundedUp(Stages(24, 24.48, 2.54, 16, 22)),
        },
        X("regnetx_006", 48, 36.97, 2.24, 24, 16, 73.904),
        X("regnetx_008", 56, 35.73, 2.28, 16, 16, 75.054),
        X("regnetx_016", 80, 34.01, 2.25, 24, 18, 76.936),
        X("regnetx_032", 88, 26.31, 2.25, 48, 25, 78.160),
        X("regnetx_040", 96, 38.65, 2.43, 40, 23, 78.486),
        X("regnetx_064", 184, 60.83, 2.07, 56, 17, 79.062),
        X("regnetx_080", 80, 49.56, 2.88, 120, 23, 79.214),
        X("regnetx_120", 168, 73.36, 2.37, 112, 19, 79.608),
        X("regnetx_160", 216, 55.59, 2.1, 128, 22, 79.844),
        X("regnetx_320", 320, 69.86, 2.0, 168, 23, 80.258),
        Y("regnety_002", 24, 36.44, 2.49, 8, 13, 70.288),
        Y("regnety_004", 48, 27.89, 2.09, 8, 16, 74.004),
        Y("regnety_006", 48, 32.54, 2.32, 16, 15, 75.274),
        Y("regnety_008", 56, 38.84, 2.4, 16, 14, 76.334),
        Y("regnety_016", 48, 20.71, 2.65, 24, 27, 77.880),
        Y("regnety_032", 80, 42.63, 2.66, 24, 21, 78.902),
        Y("regnety_040", 96, 31.41, 2.24, 64, 22, 79.246),
        Y("regnety_064", 112, 33.22, 2.27, 72, 25, 79.734),
        Y("regnety_080", 192, 76.82, 2.19, 56, 17, 79.874),
        Y("regnety_120", 168, 73.36, 2.37, 112, 19, 80.382),
        Y("regnety_160", 200, 106.23, 2.48, 112, 18, 80.284),
        Y("regnety_320", 232, 115.89, 2.53, 232, 20, 80.796),
    ];

    /// <summary>The stages that the paper's numbers stand for (equations 2 to 4).</summary>
    /// <param name="initial">w0: the first block's width, a multiple of 8.</param>
    /// <param name="slope">wa: by how much the width grows from block to block before it is rounded, at least 0.</param>
    /// <param name="multiplier">wm: the factor between stages, more than 1.</param>
    /// <param name="groupWidth">Channels of each group of the 3x3 convolutions.</param>
    /// <param name="depth">Blocks in all, at least 1.</param>
    /// <exception cref="TResNetException">A number is out of range.</exception>
    public static IReadOnlyList<Stage> Stages(int initial, double slope, double multiplier, int groupWidth, int depth)
    {
        if (
            initial < WidthStep
            || initial % WidthStep != 0
            || slope < 0
            || multiplier <= 1
            || groupWidth < 1
            || depth < 1
        )
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"There is no RegNet of w0 {initial}, wa {slope}, wm {multiplier}, group width {groupWidth} and depth {depth}: w0 is a multiple of 8, wa at least 0, wm more than 1, the others at least 1."
                )
            );
        }

        return
        [
            .. Enumerable
                .Range(0, depth)
                .Select(Quantized)
                .GroupBy(width => width)
                .OrderBy(blocks => blocks.Key)
                .Select(blocks => Stage(blocks.Key, blocks.Count())),
        ];

        // Each block's width is w0 times a power of wm, in steps of 8.
        int Quantized(int block)
        {
            var power = Math.Round(Math.Log((initial + slope * block) / initial) / Math.Log(multiplier));
            return (int)Math.Round(initial * Math.Pow(multiplier, power) / WidthStep) * WidthStep;
        }

        Stage Stage(int width, int blocks)
        {
            var group = Math.Min(groupWidth, width);
            var whole = (int)Math.Round(width / (double)group) * group;
            return new Stage(BlockKind.BottleneckRatio1, blocks, whole) { Groups = whole / group };
        }
    }

    /// <summary>
    /// As torchvision has it: 24.5 groups in the last stage are 25 there and 24 in the paper's. timm carries both, this one as
    /// <c>regnetx_004_tv</c>.
    /// </summary>
    private static Stage[] HalvesRoundedUp(IReadOnlyList<Stage> stages) =>
        [
            .. stages.SkipLast(1),
            stages[^1] with
            {
                Width = stages[^1].Width + (stages[^1].Width / stages[^1].Groups),
                Groups = stages[^1].Groups + 1,
            },
        ];

    private static StagedArchitecture Y(
        string name,
        int initial,
        double slope,
        double multiplier,
        int groupWidth,
        int depth,
        double? top1
    ) =>
        X(name, initial, slope, multiplier, groupWidth, depth, top1) with
        {
            Attention = new SqueezeExciteAttention
            {
                Reduction = 4,
                ReducesInput = true,
                MinimumWidth = 1,
                Divisor = 1,
            },
        };

    private static StagedArchitecture X(
        string name,
        int initial,
        double slope,
        double multiplier,
        int groupWidth,
        int depth,
        double? top1
    ) =>
        new()
        {
            Info = new ModelInfo(
                name,
                name.StartsWith("regnetx", StringComparison.Ordinal) ? "RegNetX" : "RegNetY",
                "Designing Network Design Spaces",
                2020,
                "https://arxiv.org/abs/2003.13678",
                224,
                Top1: top1,
                Top1Source: top1 is null ? null : "timm's results-imagenet.csv: pycls_in1k"
            ),
            Stem = new(StemKind.Convolution3x3, StemWidth),
            Stages = Stages(initial, slope, multiplier, groupWidth, depth),
            FirstStageHalves = true,
            AttentionPlacement = AttentionPlacement.BeforeWidening,
            Names = ParameterNames.RegNet,
        };
}
