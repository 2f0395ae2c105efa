using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>The switches of every network, whatever it is built of.</summary>
internal static class CommonSwitches
{
    /// <summary>Yes or no.</summary>
    internal static readonly NamedValues<bool> Flag = new(
        (true, "true", ["yes", "on"]),
        (false, "false", ["no", "off"])
    );

    private const string Linear = "head=linear";
    private const string MLDecoder = "head=ml-decoder";

    /// <summary>The table.</summary>
    internal static IReadOnlyList<SwitchRow> All { get; } =
    [
        new SwitchRow<Architecture, HeadKind>(
            "head",
            "What makes logits of the last feature map: pooling and a linear layer, or ML-Decoder's queries.",
            new NamedValues<HeadKind>((HeadKind.Linear, "linear", ["fc"]), (HeadKind.MLDecoder, "ml-decoder", [])),
            network => network.Head,
            (network, value) => network with { Head = value }
        ),
        new SwitchRow<Architecture, int>(
            "num-of-groups",
            "How many queries share the classes; never more than there are classes.",
            new WholeNumbers("a whole number, at least 1", 20, 100, 200),
            network => network.Decoder.NumOfGroups,
            (network, value) => network with { Decoder = network.Decoder with { NumOfGroups = value } }
        )
        {
            Others = ["groups", "queries"],
            GoesWith = MLDecoder,
            Matters = network => network.Head == HeadKind.MLDecoder,
        },
        new SwitchRow<Architecture, int>(
            "decoder-embedding",
            "The features of a query.",
            new WholeNumbers($"a multiple of {MLDecoderOptions.Heads}", 256, 512, 768),
            network => network.Decoder.DecoderEmbedding,
            (network, value) => network with { Decoder = network.Decoder with { DecoderEmbedding = value } }
        )
        {
            GoesWith = MLDecoder,
            Matters = network => network.Head == HeadKind.MLDecoder,
        },
        new SwitchRow<Architecture, double>(
            "drop-rate",
            "The probability that a feature is dropped before the classifier in training.",
            new Numbers("a number from 0 to 1 exclusive", 0.2, 0.5),
            network => network.DropRate,
            (network, value) => network with { DropRate = value }
        )
        {
            Others = ["dropout"],
            GoesWith = Linear,
            Matters = IsLinear,
        },
        new SwitchRow<Architecture, int>(
            "dropout-samples",
            "How many drops of the same features the classifier averages in training.",
            new WholeNumbers("a whole number, at least 1", 2, 4, 8),
            network => network.DropoutSamples,
            (network, value) => network with { DropoutSamples = value }
        )
        {
            GoesWith = "drop-rate=0.2",
            Matters = network => IsLinear(network) && network.DropRate > 0,
        },
        new SwitchRow<Architecture, double>(
            "drop-path",
            "The probability that the last block's branch is dropped in training; it rises linearly from 0 at the first.",
            new Numbers("a number from 0 to 1 exclusive", 0.05, 0.1, 0.2),
            network => network.DropPathRate,
            (network, value) => network with { DropPathRate = value }
        )
        {
            Others = ["drop-path-rate"],
        },
        new SwitchRow<Architecture, GlobalPool>(
            "pool",
            "How the last feature map becomes one vector an image.",
            new NamedValues<GlobalPool>(
                (GlobalPool.Avg, "avg", ["average"]),
                (GlobalPool.Max, "max", []),
                (GlobalPool.CatAvgMax, "catavgmax", [])
            ),
            network => network.GlobalPool,
            (network, value) => network with { GlobalPool = value }
        )
        {
            Others = ["global-pool"],
            GoesWith = Linear,
            Matters = IsLinear,
        },
        new SwitchRow<Architecture, bool>(
            "multi-label",
            "Whether predictions give each class a probability of its own.",
            Flag,
            network => network.MultiLabel,
            (network, value) => network with { MultiLabel = value }
        ),
    ];

    // An ML-Decoder has its own dropout and pools nothing.
    private static bool IsLinear(Architecture network) => network.Head == HeadKind.Linear;
}
