namespace TResNet.Graphs;

/// <summary>A tensor of float32 that a network computes, and how: what an operation gives, or the input.</summary>
internal sealed class Value
{
    /// <summary>Makes the result of an operation.</summary>
    internal Value(Operation operation)
    {
        Operation = operation;
        Shape = operation.Shape();
    }

    /// <summary>What computes it. A pass that joins operations puts another in its place, which gives the same shape.</summary>
    internal Operation Operation { get; set; }

    /// <summary>Its sizes for one size of the input, images first.</summary>
    internal IReadOnlyList<long> Shape { get; }

    /// <summary>How many dimensions it has.</summary>
    internal int Rank => Shape.Count;

    /// <summary>Its second dimension.</summary>
    internal long Channels => Shape[1];

    /// <summary>Whether it is [N, C, H, W].</summary>
    internal bool IsMap => Rank == 4;

    /// <summary>Whether it is [N, C, 1, 1].</summary>
    internal bool IsVector => Shape is [_, _, 1, 1];
}
