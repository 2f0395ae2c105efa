using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Published;

/// <summary>A published table with what this machine measured of its rows, as <c>tresnet-paper</c> leaves it.</summary>
public sealed record PaperMeasurement
{
    /// <summary>The table.</summary>
    public required PaperTable Table { get; init; }

    /// <summary>A row each of the table's, in its order.</summary>
    public required IReadOnlyList<MeasuredRow> Rows { get; init; }

    /// <summary>Whether it was interrupted before all was measured.</summary>
    public bool Interrupted { get; init; }
}

/// <summary>A published row beside this machine's measurements.</summary>
public sealed record MeasuredRow
{
    /// <summary>What was published.</summary>
    public required PaperRow Published { get; init; }

    /// <summary>A forward pass here; null where it was not measured.</summary>
    public ThroughputResult? Inference { get; init; }

    /// <summary>A training step here; null where it was not measured.</summary>
    public ThroughputResult? Training { get; init; }

    internal ThroughputResult? In(ThroughputMode mode) => mode == ThroughputMode.Training ? Training : Inference;

    internal MeasuredRow With(ThroughputResult? result) =>
        result?.Mode switch
        {
            ThroughputMode.Training => this with { Training = result },
            ThroughputMode.Inference => this with { Inference = result },
            _ => this,
        };
}
