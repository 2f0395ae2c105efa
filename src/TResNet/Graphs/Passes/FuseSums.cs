namespace TResNet.Graphs;

/// <summary>
/// A residual sum, with the activation behind it, becomes part of the convolution that makes one of its terms: it adds to the other term in place, so that the
/// block's result is written once. Only where nothing reads that other term afterwards.
/// </summary>
internal static class FuseSums
{
    internal static void Run(Graph graph)
    {
        var readers = new Readers(graph);
        for (var i = 0; i < graph.Values.Count; i++)
        {
            var value = graph.Values[i];
            if (value.Operation is Pointwise { IsSum: true } sum && Fused(readers, graph, sum, i) is { } fused)
            {
                readers.Replace(value, fused);
            }
        }

        graph.Sweep();
    }

    private static Convolution? Fused(Readers readers, Graph graph, Pointwise sum, int at)
    {
        if (sum.X == sum.Addend)
        {
            return null;
        }

        // The one that is made last leaves the other the most time to be made and read.
        return new[] { (Made: sum.X, Other: sum.Addend!), (Made: sum.Addend!, Other: sum.X) }
            .Where(pair =>
                readers.MakerForOne<Convolution>(pair.Made) is { Addend: null, Activation.IsIdentity: true }
                && readers.Last(pair.Other) == at
                && pair.Other != graph.Input
            )
            .OrderByDescending(pair => readers.Position(pair.Made))
            .Select(pair => (Convolution)pair.Made.Operation with { Addend = pair.Other, Activation = sum.Activation })
            .FirstOrDefault();
    }
}
