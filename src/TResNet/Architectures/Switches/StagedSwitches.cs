// Refinements of residual networks: arXiv 2003.13630, section 2, and its relatives.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>The switches of residual networks.</summary>
internal static class StagedSwitches
{
    /// <summary>The table.</summary>
    internal static IReadOnlyList<SwitchRow> All { get; } =
    [
        new SwitchRow<StagedArchitecture, StemKind>(
            "stem",
            "How the image enters.",
            new NamedValues<StemKind>(
                (StemKind.Convolution7x7, "7x7", ["convolution7x7"]),
                (StemKind.Deep, "deep", []),
                (StemKind.SpaceToDepth, "space-to-depth", ["s2d"]),
                (StemKind.Convolution3x3, "3x3", ["convolution3x3"])
            ),
            network => network.StemKind,
            (network, value) => network with { StemKind = value }
        ),
        new SwitchRow<StagedArchitecture, int>(
            "patch",
            "The side of space-to-depth's patches, in pixels.",
            new WholeNumbers("2, 4 or 8", 2, 4, 8),
            network => network.Stem.Patch,
            (network, value) => network with { Stem = network.Stem with { Patch = value } }
        )
        {
            GoesWith = "stem=space-to-depth",
            Matters = network => network.StemKind == StemKind.SpaceToDepth,
        },
        new SwitchRow<StagedArchitecture, Downsampling>(
            "downsampling",
            "How a 3x3 convolution halves its map.",
            new NamedValues<Downsampling>(
                (Downsampling.Strided, "strided", ["stride"]),
                (Downsampling.Blur, "blur", ["blurpool"]),
                (Downsampling.Average, "average", ["avg"])
            ),
            network => network.Downsampling,
            (network, value) => network with { Downsampling = value }
        ),
        new SwitchRow<StagedArchitecture, NormKind>(
            "norm",
            "What normalises.",
            new NamedValues<NormKind>(
                (NormKind.BatchNorm, "bn", ["batchnorm"]),
                (NormKind.InPlaceAbn, "inplace-abn", ["iabn"]),
                (NormKind.EvoNormS0, "evonorm-s0", ["evos"]),
                (NormKind.EvoNormB0, "evonorm-b0", ["evob"])
            ),
            network => network.NormAct.Kind,
            (network, value) => network with { NormAct = network.NormAct with { Kind = value } }
        ),
        new SwitchRow<StagedArchitecture, Activation>(
            "activation",
            "The activation in the stem, in blocks and after the sum; with EvoNorm, which has its own, after the sum alone.",
            new ActivationValues(),
            network => network.NormAct.Activation,
            (network, value) => network with { NormAct = NormAct.BatchNorm(value) with { Kind = network.NormAct.Kind } }
        )
        {
            Shown = network => Activations(network.NormAct),
            ComparedAs = (a, b) => a with { NormAct = a.NormAct with { Kind = b.NormAct.Kind } },
            Copied = (a, b) => b with { NormAct = a.NormAct with { Kind = b.NormAct.Kind } },
        },
        new SwitchRow<StagedArchitecture, Attention>(
            "attention",
            "The attention of the stages that carry one.",
            new AttentionValues(),
            network => network.Attention,
            (network, value) => network with { Attention = With(network, value) }
        )
        {
            Copied = (from, to) => to with { Attention = from.Attention },
        },
        new SwitchRow<StagedArchitecture, AttentionPlacement>(
            "attention-placement",
            "Where a bottleneck has its attention, as its last layer or where channels are fewest.",
            new NamedValues<AttentionPlacement>(
                (AttentionPlacement.End, "end", []),
                (AttentionPlacement.BeforeWidening, "before-widening", [])
            ),
            network => network.AttentionPlacement,
            (network, value) => network with { AttentionPlacement = value }
        )
        {
            GoesWith = "attention=se",
            Matters = network => network.Attention != Attention.None,
        },
        new SwitchRow<StagedArchitecture, double>(
            "reduction",
            "By what the attention divides the channels, in basic blocks too.",
            new Numbers("a number more than 0", 4, 8, 16),
            network => network.Attention.Reduction,
            (network, value) =>
                network with
                {
                    Attention = network.Attention with { Reduction = value, BasicReduction = null },
                }
        )
        {
            GoesWith = "attention=se",
            Matters = network => network.Attention.Reduces,
            Shown = network => Reductions(network.Attention),
            ComparedAs = (a, b) => a with { Attention = AttentionValues.LikeOf(a.Attention, b.Attention) },
            Copied = (from, to) =>
                to with
                {
                    Attention = to.Attention with
                    {
                        Reduction = from.Attention.Reduction,
                        BasicReduction = from.Attention.BasicReduction,
                    },
                },
        },
        new SwitchRow<StagedArchitecture, IReadOnlyList<BlockKind>>(
            "block",
            "The kind of block.",
            new ListedValues<BlockKind>(
                new NamedValues<BlockKind>(
                    (BlockKind.Basic, "basic", []),
                    (BlockKind.Bottleneck, "bottleneck", []),
                    (BlockKind.BottleneckRatio1, "bottleneck-ratio-1", [])
                ),
                "basic, bottleneck or bottleneck-ratio-1, one for all stages or, with commas between, one for each",
                shortens: true,
                "basic",
                "bottleneck",
                "bottleneck-ratio-1"
            ),
            network => network.Blocks,
            (network, value) => network with { Blocks = value }
        )
        {
            Others = ["blocks"],
        },
        new SwitchRow<StagedArchitecture, IReadOnlyList<int>>(
            "depths",
            "How many blocks each stage has.",
            new ListedValues<int>(
                new WholeNumbers("", []),
                "whole numbers with commas between, one for each stage",
                shortens: false,
                "2,2,2,2",
                "3,4,6,3",
                "3,4,23,3"
            ),
            network => network.Depths,
            (network, value) => network with { Depths = value }
        )
        {
            Others = ["depth", "layers"],
        },
        new SwitchRow<StagedArchitecture, ShortcutKind>(
            "shortcut",
            "What a shortcut does where width or size change.",
            new NamedValues<ShortcutKind>(
                (ShortcutKind.Projection, "projection", ["conv"]),
                (ShortcutKind.AveragePool, "average", ["avg", "average-pool"])
            ),
            network => network.Shortcut,
            (network, value) => network with { Shortcut = value }
        ),
        new SwitchRow<StagedArchitecture, bool>(
            "pre-activation",
            "Whether blocks normalise and activate before each convolution.",
            CommonSwitches.Flag,
            network => network.PreActivation,
            (network, value) => network with { PreActivation = value }
        ),
        new SwitchRow<StagedArchitecture, int>(
            "output-stride",
            "By how much the sides of the image shrink at most; beyond, kernels are dilated.",
            new WholeNumbers("8, 16 or 32", 8, 16, 32),
            network => network.OutputStride,
            (network, value) => network with { OutputStride = value }
        ),
        .. CommonSwitches.All,
    ];

    // A network's own numbers stay with its kind of attention; a reduction that was set goes with any that reduces.
    private static Attention With(StagedArchitecture network, Attention value)
    {
        var now = network.Attention;
        if (now.GetType() == value.GetType() && now.Name == value.Name)
        {
            return now;
        }

        var listed = (Listing.Find(network.Listed.Name) as StagedArchitecture)?.Attention ?? Attention.None;
        var isSet = (now.Reduction, now.BasicReduction) != (listed.Reduction, listed.BasicReduction);
        return value.Reduces && now.Reduction > 0 && isSet
            ? value with
            {
                Reduction = now.Reduction,
                BasicReduction = now.BasicReduction,
            }
            : value;
    }

    private static string Activations(NormAct norm)
    {
        var values = new ActivationValues();
        var sum = values.Format(norm.OfSum);
        if (norm.IsEvoNorm)
        {
            return sum;
        }

        var inner = values.Format(norm.Activation);
        var stem = values.Format(norm.OfStem);
        string?[] others = [stem == inner ? null : $"stem {stem}", sum == inner ? null : $"after the sum {sum}"];
        return others.All(each => each is null)
            ? inner
            : $"{inner} ({string.Join(", ", others.Where(each => each is not null))})";
    }

    private static string Reductions(Attention attention)
    {
        var all = Numbers.Text(attention.Reduction);
        return attention.BasicReduction is { } basic && basic != attention.Reduction
            ? $"{all} (basic blocks {Numbers.Text(basic)})"
            : all;
    }
}
