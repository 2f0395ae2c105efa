namespace House;

/// <summary>Orders the boxes of each layer so that few arrows cross.</summary>
internal static class Ordering
{
    private const int Starts = 60;
    private const int Sweeps = 24;

    /// <summary>Orders the layers in place: the best of several orders, each improved by the means of neighbours and by exchanging two.</summary>
    public static void Order(List<Layout.Node>[] layers)
    {
        // The same picture each time.
        var random = new Random(1);
        var best = layers.Select(layer => layer.ToArray()).ToArray();
        var fewest = Crossings(layers);
        for (var start = 0; start < Starts && fewest > 0; start++)
        {
            for (var sweep = 0; sweep < Sweeps; sweep++)
            {
                var down = sweep % 2 == 0;
                for (var i = 1; i < layers.Length; i++)
                {
                    SortByMeans(layers, down ? i : layers.Length - 1 - i, down);
                }

                ExchangeNeighbours(layers);
                var crossings = Crossings(layers);
                if (crossings < fewest)
                {
                    fewest = crossings;
                    best = [.. layers.Select(layer => layer.ToArray())];
                }
            }

            foreach (var layer in layers)
            {
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(layer));
            }
        }

        foreach (var (layer, order) in layers.Zip(best))
        {
            layer.Clear();
            layer.AddRange(order);
        }
    }

    private static void SortByMeans(List<Layout.Node>[] layers, int at, bool down)
    {
        var places = Places(layers[down ? at - 1 : at + 1]);
        var means = layers[at]
            .Select((node, place) => (Node: node, Neighbours: down ? node.Above : node.Below, Place: place))
            .ToDictionary(
                each => each.Node,
                each => each.Neighbours.Count == 0 ? each.Place : each.Neighbours.Average(other => places[other])
            );
        var sorted = layers[at].OrderBy(node => means[node]).ToArray();
        layers[at].Clear();
        layers[at].AddRange(sorted);
    }

    private static void ExchangeNeighbours(List<Layout.Node>[] layers)
    {
        for (var improved = true; improved; )
        {
            improved = false;
            for (var at = 0; at < layers.Length; at++)
            {
                var above = at > 0 ? Places(layers[at - 1]) : [];
                var below = at < layers.Length - 1 ? Places(layers[at + 1]) : [];
                for (var i = 0; i + 1 < layers[at].Count; i++)
                {
                    var (left, right) = (layers[at][i], layers[at][i + 1]);
                    var now = Crossings(left.Above, right.Above, above) + Crossings(left.Below, right.Below, below);
                    var then = Crossings(right.Above, left.Above, above) + Crossings(right.Below, left.Below, below);
                    if (then < now)
                    {
                        (layers[at][i], layers[at][i + 1]) = (right, left);
                        improved = true;
                    }
                }
            }
        }
    }

    private static int Crossings(List<Layout.Node>[] layers) =>
        layers
            .Zip(layers.Skip(1))
            .Sum(pair =>
            {
                var places = Places(pair.Second);
                return pair
                    .First.Select(
                        (left, i) => pair.First.Skip(i + 1).Sum(right => Crossings(left.Below, right.Below, places))
                    )
                    .Sum();
            });

    private static int Crossings(
        List<Layout.Node> left,
        List<Layout.Node> right,
        Dictionary<Layout.Node, int> places
    ) => left.Sum(one => right.Count(other => places[other] < places[one]));

    private static Dictionary<Layout.Node, int> Places(List<Layout.Node> layer) =>
        layer.Select((node, place) => (node, place)).ToDictionary(pair => pair.node, pair => pair.place);
}
