using TResNet.Graphs;

namespace TResNet.Onnx;

/// <summary>The passes of the graph that leave it a graph of ONNX's operators: a runtime joins the rest itself, in its own way.</summary>
internal static class Simplification
{
    /// <param name="graph">The network.</param>
    /// <param name="fold">Whether normalisations become weights.</param>
    public static void Run(Graph graph, bool fold)
    {
        DropIdentities.Run(graph);
        FoldPads.Run(graph);
        if (fold)
        {
            FoldAffines.Run(graph);
        }
    }
}
