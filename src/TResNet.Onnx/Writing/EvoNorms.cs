using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>EvoNorm (arXiv 2004.02967, table 1) in ONNX's operators.</summary>
internal static class EvoNorms
{
    /// <summary>Adds x sigmoid(v x) / d weight + bias.</summary>
    public static string Add(OnnxNodes nodes, EvoNormS0 norm, string x)
    {
        var (channels, groups) = (norm.X.Channels, norm.Groups);
        var swish = nodes.Node("Mul", [x, nodes.Node("Sigmoid", [Scaled(nodes, x, norm.V)])]);
        var deviation = Deviation(nodes, Operators.Reshaped(nodes, x, 0, groups, -1), norm.Epsilon);

        // One of a group for each of its channels.
        var ofChannels = nodes.Node("Expand", [deviation, nodes.Numbers(1, 1, channels / groups)]);
        var y = nodes.Node("Div", [swish, Operators.Reshaped(nodes, ofChannels, 0, channels, 1, 1)]);
        return Finished(nodes, y, norm.Weight, norm.Bias);
    }

    /// <summary>Adds x / max(deviation, v x + d) weight + bias.</summary>
    public static string Add(OnnxNodes nodes, EvoNormB0 norm, string x)
    {
        var channels = norm.X.Channels;
        var image = Deviation(nodes, Operators.Reshaped(nodes, x, 0, channels, -1), norm.Epsilon);
        var instance = nodes.Node(
            "Add",
            [Scaled(nodes, x, norm.V), Operators.Reshaped(nodes, image, 0, channels, 1, 1)]
        );
        var larger = nodes.Node("Max", [instance, OfTraining(nodes, norm)]);
        return Finished(nodes, nodes.Node("Div", [x, larger]), norm.Weight, norm.Bias);
    }

    // Of the variance, which has a name in the network.
    private static string OfTraining(OnnxNodes nodes, EvoNormB0 norm) =>
        norm.Variance is { } variance
            ? nodes.Node(
                "Sqrt",
                [nodes.Node("Add", [PerChannel(nodes, variance), nodes.Numbers([(float)norm.Epsilon], [])])]
            )
            : PerChannel(nodes, norm.Deviation);

    // Of the last of three dimensions; by the mean first, since the mean of squares alone would lose the digits of large numbers.
    private static string Deviation(OnnxNodes nodes, string rows, double epsilon)
    {
        var off = nodes.Node("Sub", [rows, Mean(rows)]);
        var variance = Mean(nodes.Node("Mul", [off, off]));
        return nodes.Node("Sqrt", [nodes.Node("Add", [variance, nodes.Numbers([(float)epsilon], [])])]);

        string Mean(string values) => Operators.Mean(nodes, values, axis: 2);
    }

    private static string Finished(OnnxNodes nodes, string x, Tensor weight, Tensor bias) =>
        nodes.Node("Add", [Scaled(nodes, x, weight), PerChannel(nodes, bias)]);

    private static string Scaled(OnnxNodes nodes, string x, Tensor scale) =>
        nodes.Node("Mul", [x, PerChannel(nodes, scale)]);

    private static string PerChannel(OnnxNodes nodes, Tensor values) => nodes.Weight(values, values.numel(), 1, 1);
}
