namespace TResNet.Weights;

/// <summary>What <see cref="Checkpoint.Convert"/> wrote.</summary>
/// <param name="From">The file that was read.</param>
/// <param name="To">The file that was written.</param>
/// <param name="Format">What <paramref name="From"/> is, such as <c>PyTorch, under 'state_dict'</c>.</param>
/// <param name="Tensors">How many tensors.</param>
/// <param name="Bytes">The bytes of their elements.</param>
/// <param name="Renamed">How many have another name than before.</param>
/// <param name="Skipped">Names in <paramref name="From"/> that were left out: what is no tensor, and the official TResNet's fixed blur kernels.</param>
internal sealed record ConvertedCheckpoint(
    string From,
    string To,
    string Format,
    int Tensors,
    long Bytes,
    int Renamed,
    IReadOnlyList<string> Skipped
)
{
    /// <summary>What the new file says of itself.</summary>
    public WeightsDescription Description { get; init; } = new();

    /// <summary>Why nothing of what the old file says was understood; null where it was.</summary>
    public string? Fault { get; init; }

    /// <summary>One line to show.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{From} ({Format}) to {To}: {Tensors} tensors, {Bytes / 1e6:0.0} MB")
        + (Renamed > 0 ? $", {Renamed} renamed" : "")
        + (Skipped.Count > 0 ? $", {Skipped.Count} entries left out." : ".");
}
