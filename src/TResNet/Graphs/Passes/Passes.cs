namespace TResNet.Graphs;

/// <summary>
/// What makes a graph quick and changes no result but in its last digits. Each pass is one trade, reads and writes the graph in place, and works
/// alone; together they go in the order in which one prepares the next.
/// </summary>
internal static class Passes
{
    /// <summary>All of them.</summary>
    internal static void All(Graph graph)
    {
        DropIdentities.Run(graph);
        FoldPads.Run(graph);
        FoldAffines.Run(graph);
        AverageBeforeMixing.Run(graph);
        JoinPointwise.Run(graph);
        FuseSums.Run(graph);
        FuseActivations.Run(graph);
    }
}
