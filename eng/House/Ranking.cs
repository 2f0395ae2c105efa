namespace House;

/// <summary>Puts boxes into layers so that arrows point down and are short.</summary>
internal static class Ranking
{
    /// <summary>Sets each node's layer, from 0 at the top.</summary>
    public static void Rank(
        IReadOnlyList<Layout.Node> nodes,
        IReadOnlyCollection<(Layout.Node From, Layout.Node To)> edges
    )
    {
        var below = edges.ToLookup(edge => edge.From, edge => edge.To);
        var above = edges.ToLookup(edge => edge.To, edge => edge.From);
        var heights = new Dictionary<Layout.Node, int>();
        var highest = nodes.Max(node => Height(node, below, heights));
        foreach (var node in nodes)
        {
            node.Layer = highest - heights[node];
        }

        // What has room goes to where its arrows are shortest, until nothing moves; each move shortens them.
        for (var moved = true; moved; )
        {
            moved = false;
            foreach (var node in nodes)
            {
                var least = above[node].Select(other => other.Layer + 1).DefaultIfEmpty(0).Max();
                var most = below[node].Select(other => other.Layer - 1).DefaultIfEmpty(highest).Min();
                var pull = below[node].Count() - above[node].Count();
                var wanted =
                    pull < 0 ? least
                    : pull > 0 ? most
                    : node.Layer;
                moved |= wanted != node.Layer;
                node.Layer = wanted;
            }
        }
    }

    private static int Height(
        Layout.Node node,
        ILookup<Layout.Node, Layout.Node> below,
        Dictionary<Layout.Node, int> known
    )
    {
        if (!known.TryGetValue(node, out var height))
        {
            height = below[node].Select(other => Height(other, below, known) + 1).DefaultIfEmpty(0).Max();
            known[node] = height;
        }

        return height;
    }
}
