using TResNet.Graphs;

namespace TResNet.Onnx;

/// <summary>Writes x sigmoid(x) as the two operators that it is, each of which can be quantised.</summary>
internal static class SplitSiLUs
{
    /// <summary>Changes the graph.</summary>
    public static void Run(Graph graph)
    {
        foreach (var value in graph.Values.ToList())
        {
            if (value.Operation is Pointwise { IsActivation: true, Activation.Kind: NonlinearityKind.SiLU } silu)
            {
                var sigmoid = silu with { Activation = Nonlinearity.Sigmoid };
                value.Operation = new Pointwise(silu.X) { Gate = graph.InsertBefore(value, sigmoid) };
            }
        }

        graph.Sweep();
    }
}
