namespace TResNet.Graphs;

/// <summary>An activation becomes part of the convolution or linear layer that makes its input, while the numbers are in registers.</summary>
internal static class FuseActivations
{
    internal static void Run(Graph graph)
    {
        var readers = new Readers(graph);
        foreach (var value in graph.Values)
        {
            if (
                value.Operation is Pointwise { IsActivation: true } f
                && Fused(readers.MakerForOne<Operation>(f.X), f.Activation) is { } fused
            )
            {
                readers.Replace(value, fused);
            }
        }

        graph.Sweep();
    }

    private static Operation? Fused(Operation? maker, Nonlinearity activation) =>
        maker switch
        {
            Convolution { Activation.IsIdentity: true } convolution => convolution with { Activation = activation },
            Linear { Activation.IsIdentity: true } linear => linear with { Activation = activation },
            _ => null,
        };
}
