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

    /// <summary>The table.</summary>
    internal static IReadOnlyList<SwitchRow> All { get; } =
    [
        new SwitchRow<Architecture, double>(
            "drop-rate",
            "The probability that a feature is dropped before the classifier in training.",
            new Numbers("a number from 0 to 1 exclusive", 0.2, 0.5),
            network => network.DropRate,
            (network, value) => network with { DropRate = value }
        )
        {
            Others = ["dropout"],
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
            Matters = network => network.DropRate > 0,
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
        },
        new SwitchRow<Architecture, bool>(
            "multi-label",
            "Whether predictions give each class a probability of its own.",
            Flag,
            network => network.MultiLabel,
            (network, value) => network with { MultiLabel = value }
        ),
    ];
}
