using static TorchSharp.torch;

namespace TResNet.Graphs.Onnx;

/// <summary>EvoNorm (arXiv 2004.02967, table 1) in ONNX's operators.</summary>
internal static class OnnxNormalisation
{
    /// <summary>Adds x sigmoid(v x) / d weight + bias.</summary>
    internal static string Add(OnnxNodes nodes, EvoNormS0 norm, string x)
    {
        var shape = norm.X.Shape;
        var swish = nodes.Node("Mul", [x, nodes.Node("Sigmoid", [Scaled(nodes, x, norm.V)])]);
        var deviation = Deviation(nodes, Grouped(x), norm.Epsilon);
        var y = nodes.Node("Div", [Grouped(swish), deviation]);
        return Finished(
            nodes,
            OnnxOperators.Reshaped(nodes, y, 0, shape[1], shape[2], shape[3]),
            norm.Weight,
            norm.Bias
        );

        string Grouped(string map) => OnnxOperators.Reshaped(nodes, map, 0, norm.Groups, -1);
    }

    /// <summary>Adds x / max(deviation, v x + d) weight + bias.</summary>
    internal static string Add(OnnxNodes nodes, EvoNormB0 norm, string x)
    {
        var channels = norm.X.Channels;
        var image = Deviation(nodes, OnnxOperators.Reshaped(nodes, x, 0, channels, -1), norm.Epsilon);
        var instance = nodes.Node(
            "Add",
            [Scaled(nodes, x, norm.V), OnnxOperators.Reshaped(nodes, image, 0, channels, 1, 1)]
        );
        var larger = nodes.Node("Max", [instance, PerChannel(nodes, norm.Deviation)]);
        return Finished(nodes, nodes.Node("Div", [x, larger]), norm.Weight, norm.Bias);
    }

    // Of the last of three dimensions; by the mean first, since the mean of squares alone would lose the digits of large numbers.
    private static string Deviation(OnnxNodes nodes, string rows, double epsilon)
    {
        var off = nodes.Node("Sub", [rows, Mean(rows)]);
        var variance = Mean(nodes.Node("Mul", [off, off]));
        return nodes.Node("Sqrt", [nodes.Node("Add", [variance, nodes.Numbers([(float)epsilon], [])])]);

        string Mean(string values) => nodes.Node("ReduceMean", [values], [("axes", new[] { 2L }), ("keepdims", 1L)]);
    }

    private static string Finished(OnnxNodes nodes, string x, Tensor weight, Tensor bias) =>
        nodes.Node("Add", [Scaled(nodes, x, weight), PerChannel(nodes, bias)]);

    private static string Scaled(OnnxNodes nodes, string x, Tensor scale) =>
        nodes.Node("Mul", [x, PerChannel(nodes, scale)]);

    private static string PerChannel(OnnxNodes nodes, Tensor values) => nodes.Weight(values, values.numel(), 1, 1);
}
