using TResNet.Graphs;
using TResNet.Layers;

namespace TResNet.Onnx;

/// <summary>Attentions that the graph has no operations for, in ONNX's operators.</summary>
internal static class Attentions
{
    /// <summary>Coordinate attention (Hou et al., arXiv 2103.02907): x times a gate of its row and one of its column.</summary>
    public static string Add(OnnxNodes nodes, CoordinateAttention layer, string x)
    {
        var tensors = layer.state_dict();
        var columns = Turned(Operators.Mean(nodes, x, axis: 2));
        var both = nodes.Node("Concat", [Operators.Mean(nodes, x, axis: 3), columns], [("axis", 2L)]);
        var statistics = new Statistics(
            tensors["bn1.weight"],
            tensors["bn1.bias"],
            tensors["bn1.running_mean"],
            tensors["bn1.running_var"],
            CoordinateAttention.Epsilon
        );
        var within = Operators.Activated(
            nodes,
            Operators.Normalised(nodes, statistics, Convolved("conv1", both)),
            Nonlinearity.Hardswish
        );

        var height = Operators.Sliced(nodes, Operators.Sides(nodes, x), axis: 0, 0, 1);
        var (first, last, axis) = (nodes.Numbers(0), nodes.Numbers(long.MaxValue), nodes.Numbers(2));
        var ofRows = Gate("conv_h", nodes.Node("Slice", [within, first, height, axis]));
        var ofColumns = Gate("conv_w", Turned(nodes.Node("Slice", [within, height, last, axis])));
        return nodes.Node("Mul", [nodes.Node("Mul", [x, ofColumns]), ofRows]);

        string Convolved(string name, string map) => nodes.Node("Conv", [map, nodes.Weight(tensors[name + ".weight"])]);

        string Gate(string name, string map) => nodes.Node("Sigmoid", [Convolved(name, map)]);

        string Turned(string map) => nodes.Node("Transpose", [map], [("perm", new long[] { 0, 1, 3, 2 })]);
    }
}
