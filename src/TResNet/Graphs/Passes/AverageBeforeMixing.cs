namespace TResNet.Graphs;

/// <summary>
/// The mean of a sum of maps is the sum of their means, and the mean of some channels is a part of the mean of all: the sum of the paths that only its mean
/// is wanted of, as in selective kernels (Li et al., arXiv 1903.06586) and split attention (Zhang et al., arXiv 2004.08955), need not be written.
/// </summary>
internal static class AverageBeforeMixing
{
    internal static void Run(Graph graph)
    {
        var readers = new Readers(graph);
        var means = new Dictionary<Value, Value>();
        foreach (var value in graph.Values.ToList())
        {
            if (value.Operation is GlobalMean mean && readers.MakerForOne<Mix>(mean.X) is { Gate: null } mix)
            {
                value.Operation = new Mix([.. mix.Parts.Select(part => MeanOf(graph, means, part, value))]);
            }
        }

        graph.Sweep();
    }

    private static Value MeanOf(Graph graph, Dictionary<Value, Value> means, Value map, Value position)
    {
        if (map.Operation is Slice slice)
        {
            return graph.InsertBefore(position, slice with { X = MeanOf(graph, means, slice.X, position) });
        }

        if (!means.TryGetValue(map, out var mean))
        {
            means[map] = mean = graph.InsertBefore(position, new GlobalMean(map));
        }

        return mean;
    }
}
