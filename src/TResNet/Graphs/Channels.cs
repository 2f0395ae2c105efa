using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Moves each patch of pixels into channels: channel (row * patch + column) * C + c holds channel c of the patch's pixel (row, column).</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="Patch">The side of a patch, in pixels; divides H and W.</param>
internal sealed record SpaceToDepth(Value X, long Patch) : Unary(X)
{
    internal override string Text => $"space_to_depth {Patch}";

    internal override long[] Shape() =>
        [X.Shape[0], X.Channels * Patch * Patch, X.Shape[2] / Patch, X.Shape[3] / Patch];
}

/// <summary>Some channels.</summary>
/// <param name="X">[N, C, H, W].</param>
/// <param name="From">The first one.</param>
/// <param name="Count">How many.</param>
internal sealed record Slice(Value X, long From, long Count) : Unary(X)
{
    internal override string Text => $"slice {From}..{From + Count}";

    internal override long[] Shape() => [X.Shape[0], Count, .. X.Shape.Skip(2)];
}

/// <summary>Channels one after another.</summary>
/// <param name="Parts">[N, C, H, W] each, alike but for C; or [N, C] each.</param>
internal sealed record Concatenation(IReadOnlyList<Value> Parts) : Operation
{
    internal override string Text => "concatenation";

    internal override IReadOnlyList<Value> Inputs => Parts;

    internal override Operation On(Func<Value, Value> other) => this with { Parts = [.. Parts.Select(other)] };

    internal override long[] Shape() =>
        [Parts[0].Shape[0], Parts.Sum(part => part.Channels), .. Parts[0].Shape.Skip(2)];
}

/// <summary>The sum of parts; with a gate, of each part times its share.</summary>
/// <param name="Parts">[N, C, H, W] each.</param>
/// <param name="Gate">[N, parts, C, 1, 1].</param>
internal sealed record Mix(IReadOnlyList<Value> Parts, Value? Gate = null) : Operation
{
    internal override string Text => Words("mix", Gate is null ? "" : "gate");

    internal override IReadOnlyList<Value> Inputs => Gate is null ? Parts : [.. Parts, Gate];

    internal override Operation On(Func<Value, Value> other) =>
        new Mix([.. Parts.Select(other)], Gate is null ? null : other(Gate));

    internal override long[] Shape() => [.. Parts[0].Shape];
}

/// <summary>
/// Scores to shares that sum to 1 over the parts: [N, parts C, 1, 1] to [N, parts, C, 1, 1]. The scores are in <paramref name="Groups"/> groups of channels, each with its
/// channels of every part in a row (Zhang et al., arXiv 2004.08955).
/// </summary>
/// <param name="X">[N, groups * parts * C / groups, 1, 1].</param>
/// <param name="Parts">Over how many.</param>
/// <param name="Groups">Of the scores' channels; 1 where they are part by part.</param>
internal sealed record PartSoftmax(Value X, long Parts, long Groups = 1) : Unary(X)
{
    internal override string Text => Words($"part_softmax {Parts}", Groups == 1 ? "" : $"groups {Groups}");

    internal override long[] Shape() => [X.Shape[0], Parts, X.Channels / Parts, 1, 1];
}

/// <summary>A kernel that slides over the channels of vectors (Wang et al., arXiv 1910.03151).</summary>
/// <param name="X">[N, C, 1, 1].</param>
/// <param name="Weight">[k] or [1, 1, k], k odd.</param>
/// <param name="Circular">Whether the first channel follows the last; otherwise zeros do.</param>
internal sealed record ChannelConvolution(Value X, Tensor Weight, bool Circular = false) : Unary(X)
{
    internal override string Text => Words($"channel_convolution {Weight.numel()}", Circular ? "circular" : "");

    internal override IEnumerable<Tensor> Weights => [Weight];

    internal override long[] Shape() => [.. X.Shape];
}

/// <summary>The same numbers in the same order as [N, C H W].</summary>
/// <param name="X">[N, C, H, W].</param>
internal sealed record Flatten(Value X) : Unary(X)
{
    internal override string Text => "flatten";

    internal override long[] Shape() => [X.Shape[0], X.Shape.Skip(1).Aggregate(1L, (product, side) => product * side)];
}
