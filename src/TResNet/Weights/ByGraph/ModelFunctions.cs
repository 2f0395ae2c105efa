using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The functions on the ways to the values of an ONNX model, and the borders of its convolutions: https://onnx.ai/onnx/operators.</summary>
/// <param name="file">The model.</param>
/// <param name="constants">Its whole numbers.</param>
internal sealed class ModelFunctions(OnnxTensorFile file, WholeConstants constants)
{
    // Of Keras it is another function than of PyTorch, whose clip of x + 3 it is here.
    private const float SlopeOfHardSigmoid = 1f / 6;

    private static readonly HashSet<string> Nameless =
    [
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Sum",
        "Neg",
        "Concat",
        "Split",
        "Slice",
        "Gather",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "Expand",
        "Identity",
        "Cast",
        "Dropout",
        "Pad",
        "Shape",
        "Size",
        "Constant",
        "ConstantOfShape",
        "SpaceToDepth",
        "MatMul",
        "Einsum",
    ];

    private readonly Dictionary<string, LayerFunctions> before = [];
    private readonly Dictionary<string, NodeProto> borders = file
        .Graph.Node.Where(node => node is { OpType: "Pad", Input.Count: > 0, Output.Count: 1 })
        .DistinctBy(node => node.Output[0])
        .ToDictionary(node => node.Output[0]);

    /// <summary>Those on the ways to what a node reads.</summary>
    public LayerFunctions Into(NodeProto node) =>
        LayerFunctions.All(node.Input.Select(input => before.GetValueOrDefault(input, LayerFunctions.None)));

    /// <summary>Notes those to what a node without weights gives.</summary>
    public void Pass(NodeProto node)
    {
        var known = node.OpType is "Shape" or "Size" ? LayerFunctions.None : Into(node);
        var all = Names(node) is { } names ? known.With(names) : LayerFunctions.Unknown;
        foreach (var output in node.Output)
        {
            before[output] = all;
        }
    }

    /// <summary>Notes that a value is a layer's, behind which they begin anew.</summary>
    public void Begin(string value) => before[value] = LayerFunctions.None;

    /// <summary>The zeros around a convolution's map; null where they are unknown.</summary>
    /// <param name="node">The convolution.</param>
    /// <param name="weight">The sides of its weight.</param>
    public ZeroBorder? Border(NodeProto node, IReadOnlyList<long> weight)
    {
        if (weight is not [_, _, var height, var width])
        {
            return null;
        }

        var own =
            node.Word("auto_pad") is { } same && same.StartsWith("SAME", StringComparison.Ordinal)
                ? Keeping(node, height, width, isLower: same == "SAME_LOWER")
            : node.Find("pads") is { Ints: [var top, var left, var bottom, var right] }
                ? new ZeroBorder(top, left, bottom, right)
            : default;
        if (!borders.TryGetValue(node.Input[0], out var pad))
        {
            return own;
        }

        return IsZero(pad) && constants.Operand(pad, 1, "pads") is [0, 0, var t, var l, 0, 0, var b, var r]
            ? own + new ZeroBorder(t, l, b, r)
            : null;
    }

    // Of maps whose sides the steps divide.
    private static ZeroBorder Keeping(NodeProto node, long height, long width, bool isLower)
    {
        var ((top, bottom), (left, right)) = (Side("dilations", 0, height), Side("dilations", 1, width));
        return new ZeroBorder(top, left, bottom, right);

        (long First, long Last) Side(string dilations, int i, long kernel)
        {
            var reach = (kernel - 1) * At(dilations, i) + 1;
            var all = Math.Max(reach - At("strides", i), 0);
            var first = (all + (isLower ? 1 : 0)) / 2;
            return (first, all - first);
        }

        long At(string name, int i) => node.Find(name) is { Ints: { Count: 2 } both } ? both[i] : 1;
    }

    private bool IsZero(NodeProto pad) =>
        (pad.Word("mode") ?? "constant") == "constant"
        && pad.Input.Count <= 3
        && (pad.Input.Count < 3 || pad.Input[2].Length == 0 || file.Numbers(pad.Input[2]) is [0])
        && pad.Number("value", 0) == 0;

    // Null for what is not known.
    private IEnumerable<string>? Names(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Relu":
                return [LayerFunctions.ReLU];
            case "LeakyRelu":
                return [LayerFunctions.LeakyReLU(node.Number("alpha", 0.01f))];
            case "Clip":
                return
                    Bound(node, 1, "min", double.NegativeInfinity) is { } low
                    && Bound(node, 2, "max", double.PositiveInfinity) is { } high
                    ? [LayerFunctions.Clip(low, high)]
                    : null;
            case "Sigmoid" or "Swish":
                return [LayerFunctions.Sigmoid];
            case "HardSigmoid":
                return Math.Abs(node.Number("alpha", 0.2f) - SlopeOfHardSigmoid) < 1e-3
                    ? [LayerFunctions.ReLU6]
                    : ["hard_sigmoid"];
            case "HardSwish":
                return [LayerFunctions.ReLU6];
            case "Tanh":
                return [LayerFunctions.Tanh];
            case "Softplus":
                return [LayerFunctions.Softplus];
            case "Mish":
                return [LayerFunctions.Tanh, LayerFunctions.Softplus];
            case "Elu":
                return [LayerFunctions.Elu(node.Number("alpha", 1))];
            case "Selu" or "Celu" or "Softsign" or "ThresholdedRelu":
                return [node.OpType.ToLowerInvariant()];
            case "Erf" or "Gelu":
                return [LayerFunctions.Gelu];
            case "Softmax":
                return [LayerFunctions.Softmax];
            case "MaxPool":
                return [LayerFunctions.MaxPool(node.Whole("kernel_shape") ?? 0, node.Whole("strides") ?? 1)];
            case "GlobalMaxPool" or "ReduceMax":
                return [LayerFunctions.Max];
            case "AveragePool" or "GlobalAveragePool" or "ReduceMean":
                return [LayerFunctions.Mean];
            default:
                return Nameless.Contains(node.OpType) ? [] : null;
        }
    }

    // An attribute until version 6, and an input since version 11.
    private double? Bound(NodeProto node, int input, string attribute, double otherwise) =>
        node.Find(attribute) is { } old ? old.F
        : node.Input.Count <= input || node.Input[input].Length == 0 ? otherwise
        : file.Numbers(node.Input[input]) is [var bound] ? bound
        : null;
}
