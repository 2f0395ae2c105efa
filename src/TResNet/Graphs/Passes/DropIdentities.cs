namespace TResNet.Graphs;

/// <summary>Operations that give what they get are left out: a pass over memory each.</summary>
internal static class DropIdentities
{
    internal static void Run(Graph graph)
    {
        foreach (var value in graph.Values.ToList())
        {
            if (Same(value.Operation) is { } same)
            {
                graph.Redirect(value, same);
            }
        }

        graph.Sweep();
    }

    private static Value? Same(Operation operation) =>
        operation switch
        {
            Pointwise { HasAffine: false, Gate: null, Addend: null, Activation.IsIdentity: true } nothing => nothing.X,
            Slice slice when slice.From == 0 && slice.Count == slice.X.Channels => slice.X,
            Concatenation { Parts: [var only] } => only,
            Mix { Parts: [var only], Gate: null } => only,
            Pad { Top: 0, Bottom: 0, Left: 0, Right: 0 } pad => pad.X,
            Flatten { X.Rank: 2 } flatten => flatten.X,
            GlobalMean { X.IsVector: true } mean => mean.X,
            GlobalMax { X.IsVector: true } max => max.X,
            MaxPool pool when IsPoint(pool.Kernel, pool.Stride, pool.Padding) => pool.X,
            AveragePool pool when IsPoint(pool.Kernel, pool.Stride, pool.Padding) => pool.X,
            _ => null,
        };

    private static bool IsPoint(Pair kernel, Pair stride, Pair padding) =>
        kernel == Pair.Of(1) && stride == Pair.Of(1) && padding == Pair.Of(0);
}
