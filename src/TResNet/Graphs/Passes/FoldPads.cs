namespace TResNet.Graphs;

/// <summary>Zeros around a map become the padding of the convolution that reads them, where they are as many on opposite sides.</summary>
internal static class FoldPads
{
    internal static void Run(Graph graph)
    {
        foreach (var value in graph.Values)
        {
            if (
                value.Operation is Convolution { X.Operation: Pad { Kind: PadKind.Zero } pad } convolution
                && pad.Top == pad.Bottom
                && pad.Left == pad.Right
                && pad is { Top: >= 0, Left: >= 0 }
            )
            {
                var padding = convolution.Padding;
                value.Operation = convolution with
                {
                    X = pad.X,
                    Padding = new(padding.Height + pad.Top, padding.Width + pad.Left),
                };
            }
        }

        graph.Sweep();
    }
}
