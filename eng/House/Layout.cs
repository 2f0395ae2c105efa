// The layered drawing of a graph without circles (Sugiyama, Tagawa and Toda 1981): layers, an order within each that crosses few arrows, and places
// within the order that keep arrows straight.
namespace House;

/// <summary>A rectangle in pixels.</summary>
internal readonly record struct Area(double X, double Y, double Width, double Height)
{
    public double Bottom => Y + Height;

    public double Right => X + Width;
}

/// <summary>Where everything lies.</summary>
/// <param name="Boxes">The boxes, from the origin.</param>
/// <param name="Routes">For each arrow the points that it passes, from its start to its tip; between two points it bends, from layer to layer.</param>
internal sealed record Placement<T>(
    IReadOnlyDictionary<T, Area> Boxes,
    IReadOnlyDictionary<(T From, T To), IReadOnlyList<(double X, double Y)>> Routes
)
    where T : notnull
{
    /// <summary>With the arrows that go around.</summary>
    public double Width =>
        Math.Max(
            Boxes.Values.Max(box => box.Right),
            Routes.Values.SelectMany(route => route).Select(point => point.X).DefaultIfEmpty(0).Max()
        );

    public double Height => Boxes.Values.Max(box => box.Bottom);
}

/// <summary>Lays boxes out so that every arrow points down.</summary>
/// <param name="gapX">Between neighbours of a layer, in pixels.</param>
/// <param name="gapY">Between layers, in pixels.</param>
internal sealed class Layout(double gapX, double gapY)
{
    private const int Sweeps = 200;
    private const double PassageWidth = 10;
    private const double PortDistance = 13;

    /// <summary>Places the boxes.</summary>
    /// <param name="sizes">The boxes, in the order in which they are to stand where nothing else decides.</param>
    /// <param name="arrows">The arrows between them, without a circle.</param>
    public Placement<T> Place<T>(
        IReadOnlyList<(T Box, double Width, double Height)> sizes,
        IReadOnlyCollection<(T From, T To)> arrows
    )
        where T : notnull
    {
        var nodes = sizes.Select(size => new Node(size.Width, size.Height)).ToList();
        var index = sizes.Select((size, i) => (size.Box, i)).ToDictionary(pair => pair.Box, pair => pair.i);
        var edges = arrows.Select(arrow => (From: nodes[index[arrow.From]], To: nodes[index[arrow.To]])).ToArray();
        Ranking.Rank(nodes, edges);
        var chains = edges.Select(edge => Chain(edge.From, edge.To, nodes)).ToArray();
        foreach (var (upper, lower) in chains.SelectMany(chain => chain.Zip(chain.Skip(1))))
        {
            upper.Below.Add(lower);
            lower.Above.Add(upper);
        }

        var layers = nodes.GroupBy(node => node.Layer).OrderBy(layer => layer.Key).Select(l => l.ToList()).ToArray();
        Ordering.Order(layers);
        PlaceAcross(layers);
        PlaceDown(layers);
        var placed = sizes.ToDictionary(size => size.Box, size => nodes[index[size.Box]].Area);
        return new Placement<T>(
            placed,
            arrows.Zip(chains).ToDictionary(pair => pair.First, pair => Route(pair.Second))
        );
    }

    /// <summary>An arrow over several layers passes through a narrow box in each.</summary>
    private static List<Node> Chain(Node from, Node to, List<Node> nodes)
    {
        List<Node> chain = [from];
        for (var layer = from.Layer + 1; layer < to.Layer; layer++)
        {
            var passage = new Node(PassageWidth, 0) { Layer = layer, IsPassage = true };
            nodes.Add(passage);
            chain.Add(passage);
        }

        chain.Add(to);
        return chain;
    }

    private void PlaceAcross(List<Node>[] layers)
    {
        foreach (var layer in layers)
        {
            Separate(layer, node => 0);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var layer in sweep % 2 == 0 ? layers : layers.Reverse())
            {
                // The last sweeps heed both sides, so that what has settled stays.
                var settled = sweep > Sweeps / 2;
                Separate(
                    layer,
                    node =>
                        Mean(
                            node,
                            [
                                .. settled || sweep % 2 == 0 ? node.Above : [],
                                .. settled || sweep % 2 == 1 ? node.Below : [],
                            ]
                        ) ?? node.Center
                );
            }
        }

        var left = layers.SelectMany(layer => layer).Min(node => node.Center - node.Width / 2);
        foreach (var node in layers.SelectMany(layer => layer))
        {
            node.Center -= left;
        }
    }

    /// <summary>The mean of the neighbours; an arrow through several layers is to be straight before all else.</summary>
    private static double? Mean(Node node, List<Node> neighbours)
    {
        var weights = neighbours.Sum(neighbour => Weight(node, neighbour));
        return weights == 0 ? null : neighbours.Sum(neighbour => Weight(node, neighbour) * neighbour.Center) / weights;
    }

    private static double Weight(Node node, Node neighbour) =>
        (node.IsPassage, neighbour.IsPassage) switch
        {
            (true, true) => 16,
            (false, false) => 3,
            _ => 1,
        };

    /// <summary>
    /// The places nearest to those wished for (in the sum of squares) at which no box touches its neighbour: pool adjacent violators.
    /// </summary>
    private void Separate(List<Node> layer, Func<Node, double> wish)
    {
        var offsets = new double[layer.Count];
        for (var i = 1; i < layer.Count; i++)
        {
            var gap =
                layer[i].IsPassage && layer[i - 1].IsPassage ? PassageWidth / 2
                : layer[i].IsPassage || layer[i - 1].IsPassage ? gapX / 2
                : gapX;
            offsets[i] = offsets[i - 1] + (layer[i - 1].Width + layer[i].Width) / 2 + gap;
        }

        var blocks = new List<(double Sum, double Weight, int Count)>();
        for (var i = 0; i < layer.Count; i++)
        {
            // A passage is where an arrow would bend.
            double weight = layer[i].IsPassage ? 4 : 1;
            var block = (Sum: weight * (wish(layer[i]) - offsets[i]), Weight: weight, Count: 1);
            while (blocks.Count > 0 && blocks[^1].Sum / blocks[^1].Weight > block.Sum / block.Weight)
            {
                var before = blocks[^1];
                block = (before.Sum + block.Sum, before.Weight + block.Weight, before.Count + block.Count);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        var at = 0;
        foreach (var (sum, weight, count) in blocks)
        {
            for (var end = at + count; at < end; at++)
            {
                layer[at].Center = sum / weight + offsets[at];
            }
        }
    }

    private void PlaceDown(List<Node>[] layers)
    {
        double y = 0;
        foreach (var layer in layers)
        {
            var height = layer.Max(node => node.Height);
            foreach (var node in layer)
            {
                node.Top = y;
                node.LayerHeight = height;
            }

            y += height + gapY;
        }
    }

    private static IReadOnlyList<(double X, double Y)> Route(List<Node> chain)
    {
        var points = new List<(double, double)>
        {
            (Port(chain[0], chain[0].Below, chain[1]), chain[0].Top + chain[0].Height),
        };
        if (chain[0].Height < chain[0].LayerHeight)
        {
            points.Add((points[0].Item1, chain[0].Top + chain[0].LayerHeight));
        }

        foreach (var passage in chain[1..^1])
        {
            points.Add((passage.Center, passage.Top));
            points.Add((passage.Center, passage.Top + passage.LayerHeight));
        }

        points.Add((Port(chain[^1], chain[^1].Above, chain[^2]), chain[^1].Top));
        return points;
    }

    /// <summary>Where an arrow leaves or meets a box: side by side with the others, in the order of where they go.</summary>
    private static double Port(Node node, List<Node> neighbours, Node other)
    {
        var order = neighbours.OrderBy(neighbour => neighbour.Center).ToList();
        var distance = Math.Min(PortDistance, (node.Width - 16) / Math.Max(1, order.Count));
        return node.Center + (order.IndexOf(other) - (order.Count - 1) / 2.0) * distance;
    }

    /// <summary>A box, or an arrow's passage through a layer.</summary>
    internal sealed class Node(double width, double height)
    {
        public double Width { get; } = width;

        public double Height { get; } = height;

        public bool IsPassage { get; init; }

        public int Layer { get; set; }

        public double Center { get; set; }

        public double Top { get; set; }

        public double LayerHeight { get; set; }

        public List<Node> Above { get; } = [];

        public List<Node> Below { get; } = [];

        public Area Area => new(Center - Width / 2, Top, Width, Height);
    }
}
