using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>The switches of networks of inverted residuals.</summary>
internal static class InvertedSwitches
{
    private static readonly NamedValues<bool> SqueezeExciteOnly = new(
        (false, "none", []),
        (true, "se", ["squeeze-excite"])
    );

    // The quarter of EfficientNet (arXiv 1905.11946, table 1) and MnasNet.
    private const double UsualRatio = 0.25;

    /// <summary>The table.</summary>
    internal static IReadOnlyList<SwitchRow> All { get; } =
    [
        new SwitchRow<InvertedArchitecture, Activation>(
            "activation",
            "The activation in stem, blocks and head.",
            new ActivationValues(),
            network => network.Activation,
            (network, value) => Rows(network, row => row with { Activation = null }) with { Activation = value }
        )
        {
            Shown = Activations,
            Copied = (from, to) =>
                Rows(to, from, (row, other) => row with { Activation = other.Activation }) with
                {
                    Activation = from.Activation,
                },
        },
        new SwitchRow<InvertedArchitecture, bool>(
            "attention",
            "Squeeze-and-excitation in all blocks, with a quarter of the channels where there was none, or in no block.",
            SqueezeExciteOnly,
            network => network.Stages[0][0].SqueezeExcite > 0,
            (network, value) =>
                Rows(
                    network,
                    row =>
                        row with
                        {
                            SqueezeExcite =
                                !value ? 0
                                : row.SqueezeExcite > 0 ? row.SqueezeExcite
                                : UsualRatio,
                        }
                )
        )
        {
            Shown = AttentionIn,
            Copied = (from, to) => Rows(to, from, (row, other) => row with { SqueezeExcite = other.SqueezeExcite }),
        },
        .. CommonSwitches.All,
    ];

    private static string Activations(InvertedArchitecture network)
    {
        var values = new ActivationValues();
        return string.Join(
            " and ",
            network
                .Stages.SelectMany(rows => rows)
                .Select(row => row.Activation ?? network.Activation)
                .Prepend(network.Activation)
                .Distinct()
                .Select(values.Format)
        );
    }

    private static string AttentionIn(InvertedArchitecture network)
    {
        BlockRow[] rows = [.. network.Stages.SelectMany(stage => stage)];
        var count = rows.Count(row => row.SqueezeExcite > 0);
        return count == 0 ? "none"
            : count == rows.Length ? "se"
            : $"se in {count} of {rows.Length} rows";
    }

    private static InvertedArchitecture Rows(InvertedArchitecture network, Func<BlockRow, BlockRow> change) =>
        network with
        {
            Stages = [.. network.Stages.Select(rows => (IReadOnlyList<BlockRow>)[.. rows.Select(change)])],
        };

    // Rows that only one of the two has stay as they are.
    private static InvertedArchitecture Rows(
        InvertedArchitecture network,
        InvertedArchitecture other,
        Func<BlockRow, BlockRow, BlockRow> change
    ) =>
        network with
        {
            Stages =
            [
                .. network.Stages.Select(
                    (rows, i) =>
                        (IReadOnlyList<BlockRow>)
                            [
                                .. rows.Select(
                                    (row, j) =>
                                        other.Stages.ElementAtOrDefault(i)?.ElementAtOrDefault(j) is { } same
                                            ? change(row, same)
                                            : row
                                ),
                            ]
                ),
            ],
        };
}
