using TResNet.Graphs;
using static TorchSharp.torch;
using CoordinateAttention = TResNet.Layers.CoordinateAttention;
using MLDecoder = TResNet.Layers.MLDecoder;

namespace TResNet.Onnx;

/// <summary>What the operations of a graph are in ONNX: https://onnx.ai/onnx/operators.</summary>
/// <remarks>A shape's 0 keeps the side, which is how none of them depends on the number of images.</remarks>
internal static class Operators
{
    /// <summary>Adds what computes a value.</summary>
    /// <param name="nodes">Take it.</param>
    /// <param name="value">The value.</param>
    /// <param name="names">Those of the values before it.</param>
    /// <param name="layerWeights">The weight and the bias of a convolution or linear layer of a value; null for those that are stored as they are.</param>
    /// <returns>The name of the result.</returns>
    /// <exception cref="TResNetException">ONNX has no operators for it.</exception>
    public static string Add(
        OnnxNodes nodes,
        Value value,
        IReadOnlyDictionary<Value, string> names,
        Func<Value, Tensor, Tensor?, IEnumerable<string>>? layerWeights = null
    )
    {
        layerWeights ??= (_, weight, bias) => WeightAndBias(nodes, weight, bias);
        return value.Operation switch
        {
            Convolution conv => Convolved(nodes, conv, names, layerWeights),
            Linear linear => Activated(
                nodes,
                nodes.Node(
                    "Gemm",
                    [Of(linear.X), .. layerWeights(linear.X, linear.Weight, linear.Bias)],
                    [("transB", 1L)]
                ),
                linear.Activation
            ),
            Pointwise pointwise => Joined(nodes, pointwise, names),
            EvoNormS0 norm => EvoNorms.Add(nodes, norm, Of(norm.X)),
            EvoNormB0 norm => EvoNorms.Add(nodes, norm, Of(norm.X)),
            MaxPool pool => nodes.Node(
                "MaxPool",
                [Of(pool.X)],
                [
                    .. Windows(pool.Kernel, pool.Stride, pool.Padding),
                    ("dilations", pool.Dilation.ToArray()),
                    ("ceil_mode", pool.CeilMode ? 1L : 0),
                ]
            ),
            AveragePool pool => nodes.Node(
                "AveragePool",
                [Of(pool.X)],
                [
                    .. Windows(pool.Kernel, pool.Stride, pool.Padding),
                    ("ceil_mode", pool.CeilMode ? 1L : 0),
                    ("count_include_pad", pool.CountsPadding ? 1L : 0),
                ]
            ),
            GlobalMean mean => nodes.Node("GlobalAveragePool", [Of(mean.X)]),
            GlobalMax max => nodes.Node("GlobalMaxPool", [Of(max.X)]),
            Pad pad => Padded(nodes, Of(pad.X), pad.Kind, pad.Top, pad.Bottom, pad.Left, pad.Right),
            Blur blur => Blurred(nodes, blur, Of(blur.X)),
            SpaceToDepth patches => Rearranged(nodes, patches, Of(patches.X)),
            Slice slice => Sliced(nodes, Of(slice.X), axis: 1, slice.From, slice.From + slice.Count),
            Concatenation all => nodes.Node("Concat", all.Parts.Select(Of), [("axis", 1L)]),
            Mix mix => Mixed(nodes, mix, names),
            PartSoftmax softmax => Shared(nodes, softmax, Of(softmax.X)),
            ChannelConvolution conv => Convolved(nodes, conv, Of(conv.X)),
            Flatten flatten => nodes.Node("Flatten", [Of(flatten.X)], [("axis", 1L)]),
            Opaque { Module: CoordinateAttention layer } => Attentions.Add(
                nodes,
                layer,
                names[value.Operation.Inputs[0]]
            ),
            Opaque { Module: MLDecoder head } => Decoders.Add(nodes, head, names[value.Operation.Inputs[0]]),
            var other => throw new TResNetException(
                $"{other.Text} has no operators in ONNX: only networks of known layers can be written."
            ),
        };

        string Of(Value input) => names[input];
    }

    /// <summary>The same numbers in another shape.</summary>
    public static string Reshaped(OnnxNodes nodes, string x, params long[] shape) =>
        nodes.Node("Reshape", [x, nodes.Numbers(shape)]);

    /// <summary>activation(x).</summary>
    public static string Activated(OnnxNodes nodes, string x, Nonlinearity activation)
    {
        return activation.Kind switch
        {
            NonlinearityKind.Identity => x,
            NonlinearityKind.LeakyReLU when activation.IsReLU => nodes.Node("Relu", [x]),
            NonlinearityKind.LeakyReLU => nodes.Node("LeakyRelu", [x], [("alpha", (float)activation.Alpha)]),
            NonlinearityKind.Clip => nodes.Node("Clip", [x, Number(activation.Alpha), Number(activation.Beta)]),
            NonlinearityKind.Sigmoid => nodes.Node("Sigmoid", [x]),
            NonlinearityKind.SiLU => nodes.Node("Mul", [x, nodes.Node("Sigmoid", [x])]),
            // An operator of its own has it from version 14 on.
            NonlinearityKind.Hardswish => nodes.Node("Mul", [x, HardSigmoid()]),
            NonlinearityKind.Hardsigmoid => HardSigmoid(),
            NonlinearityKind.Tanh => nodes.Node("Tanh", [x]),
            NonlinearityKind.ELU => nodes.Node("Elu", [x], [("alpha", (float)activation.Alpha)]),
            NonlinearityKind.GELU => Gelu(),
            NonlinearityKind.Mish => nodes.Node("Mul", [x, nodes.Node("Tanh", [nodes.Node("Softplus", [x])])]),
            _ => throw new TResNetException($"{activation} has no operators in ONNX."),
        };

        string Number(double value) => nodes.Numbers([(float)value], []);

        string HardSigmoid() => nodes.Node("HardSigmoid", [x], [("alpha", 1f / 6), ("beta", 0.5f)]);

        // An operator of its own has it from version 20 on.
        string Gelu()
        {
            var scaled = nodes.Node("Mul", [x, Number(Math.Sqrt(0.5))]);
            var shares = nodes.Node("Add", [nodes.Node("Erf", [scaled]), Number(1)]);
            return nodes.Node("Mul", [nodes.Node("Mul", [x, shares]), Number(0.5)]);
        }
    }

    private static string Convolved(
        OnnxNodes nodes,
        Convolution conv,
        IReadOnlyDictionary<Value, string> names,
        Func<Value, Tensor, Tensor?, IEnumerable<string>> layerWeights
    )
    {
        var y = nodes.Node(
            "Conv",
            [names[conv.X], .. layerWeights(conv.X, conv.Weight, conv.Bias)],
            [
                .. Windows(conv.Kernel, conv.Stride, conv.Padding),
                ("dilations", conv.Dilation.ToArray()),
                ("group", conv.Groups),
            ]
        );
        return Activated(nodes, conv.Addend is null ? y : nodes.Node("Add", [y, names[conv.Addend]]), conv.Activation);
    }

    private static string Joined(OnnxNodes nodes, Pointwise pointwise, IReadOnlyDictionary<Value, string> names)
    {
        var y = names[pointwise.X];
        if (pointwise is { IsAffine: true, Statistics: { } statistics })
        {
            return Normalised(nodes, statistics, y);
        }

        y = pointwise.Gate is null ? y : nodes.Node("Mul", [y, names[pointwise.Gate]]);
        y = pointwise.Scale is null ? y : nodes.Node("Mul", [y, PerChannel(pointwise.Scale)]);
        y = pointwise.Shift is null ? y : nodes.Node("Add", [y, PerChannel(pointwise.Shift)]);
        y = pointwise.Addend is null ? y : nodes.Node("Add", [y, names[pointwise.Addend]]);
        return Activated(nodes, y, pointwise.Activation);

        string PerChannel(Tensor values) =>
            pointwise.X.IsMap ? nodes.Weight(values, values.numel(), 1, 1) : nodes.Weight(values);
    }

    /// <summary>Batch normalisation in evaluation.</summary>
    public static string Normalised(OnnxNodes nodes, Statistics statistics, string x)
    {
        var channels = statistics.Mean.numel();
        return nodes.Node(
            "BatchNormalization",
            [
                x,
                statistics.Weight is { } weight ? nodes.Weight(weight) : All(1),
                statistics.Bias is { } bias ? nodes.Weight(bias) : All(0),
                nodes.Weight(statistics.Mean),
                nodes.Weight(statistics.Variance),
            ],
            [("epsilon", (float)statistics.Epsilon)]
        );

        string All(float value) => nodes.Numbers([.. Enumerable.Repeat(value, (int)channels)], channels);
    }

    private static string Padded(OnnxNodes nodes, string x, PadKind kind, long top, long bottom, long left, long right)
    {
        var mode = kind switch
        {
            PadKind.Reflect => "reflect",
            PadKind.Replicate => "edge",
            _ => "constant",
        };
        return nodes.Node("Pad", [x, nodes.Numbers(0, 0, top, left, 0, 0, bottom, right)], [("mode", mode)]);
    }

    private static string Blurred(OnnxNodes nodes, Blur blur, string x)
    {
        var padded = Padded(nodes, x, blur.Border, 1, 1, 1, 1);
        using var kernel = Blur.Kernel(blur.X.Channels);
        return nodes.Node(
            "Conv",
            [padded, nodes.Numbers(kernel.data<float>().ToArray(), blur.X.Channels, 1, 3, 3)],
            [.. Windows(Pair.Of(3), Pair.Of(blur.Stride), Pair.Of(0)), ("group", blur.X.Channels)]
        );
    }

    // As libtorch does it, for whatever sides come: TensorRT and browsers know no other way.
    private static string Rearranged(OnnxNodes nodes, SpaceToDepth patches, string x)
    {
        var (channels, patch) = (patches.X.Channels, patches.Patch);
        var sides = nodes.Node("Div", [Sides(nodes, x), nodes.Numbers(patch)]);
        var (rows, columns) = (Sliced(nodes, sides, 0, 0, 1), Sliced(nodes, sides, 0, 1, 2));
        var apart = nodes.Node(
            "Concat",
            [nodes.Numbers(0, channels), rows, nodes.Numbers(patch), columns, nodes.Numbers(patch)],
            [("axis", 0L)]
        );
        var y = nodes.Node("Reshape", [x, apart]);
        y = nodes.Node("Transpose", [y], [("perm", new long[] { 0, 3, 5, 1, 2, 4 })]);
        var together = nodes.Node("Concat", [nodes.Numbers(0, channels * patch * patch), sides], [("axis", 0L)]);
        return nodes.Node("Reshape", [y, together]);
    }

    /// <summary>Height and width of a map, whatever they are.</summary>
    public static string Sides(OnnxNodes nodes, string x) => Sliced(nodes, nodes.Node("Shape", [x]), 0, 2, 4);

    /// <summary>The mean over an axis, which stays with a length of 1. Its axes are an input from version 18 on.</summary>
    public static string Mean(OnnxNodes nodes, string x, long axis) =>
        nodes.Opset < 18
            ? nodes.Node("ReduceMean", [x], [("axes", new[] { axis }), ("keepdims", 1L)])
            : nodes.Node("ReduceMean", [x, nodes.Numbers(axis)], [("keepdims", 1L)]);

    /// <summary>A part of an axis.</summary>
    public static string Sliced(OnnxNodes nodes, string x, long axis, long from, long to) =>
        nodes.Node("Slice", [x, nodes.Numbers(from), nodes.Numbers(to), nodes.Numbers(axis)]);

    private static string Mixed(OnnxNodes nodes, Mix mix, IReadOnlyDictionary<Value, string> names)
    {
        var terms = mix.Parts.Select(part => names[part]).ToList();
        if (mix.Gate is null)
        {
            return nodes.Node("Sum", terms);
        }

        return nodes.Node(
            "Sum",
            terms
                .Select(
                    (term, i) =>
                        nodes.Node(
                            "Mul",
                            [
                                term,
                                Reshaped(
                                    nodes,
                                    Sliced(nodes, names[mix.Gate], axis: 1, i, i + 1),
                                    0,
                                    mix.Parts[i].Channels,
                                    1,
                                    1
                                ),
                            ]
                        )
                )
                .ToList()
        );
    }

    private static string Shared(OnnxNodes nodes, PartSoftmax softmax, string x)
    {
        var (parts, channels) = (softmax.Parts, softmax.X.Channels / softmax.Parts);
        var grouped = Reshaped(nodes, x, 0, softmax.Groups, parts, channels / softmax.Groups);
        var byPart = nodes.Node("Transpose", [grouped], [("perm", new long[] { 0, 2, 1, 3 })]);
        return Reshaped(nodes, nodes.Node("Softmax", [byPart], [("axis", 1L)]), 0, parts, channels, 1, 1);
    }

    private static string Convolved(OnnxNodes nodes, ChannelConvolution conv, string x)
    {
        var (channels, size) = (conv.X.Channels, conv.Weight.numel());
        var (row, reach) = (Reshaped(nodes, x, 0, 1, channels), size / 2);
        if (conv.Circular)
        {
            var last = Sliced(nodes, row, axis: 2, channels - reach, channels);
            row = nodes.Node("Concat", [last, row, Sliced(nodes, row, axis: 2, 0, reach)], [("axis", 2L)]);
        }

        var around = conv.Circular ? 0 : reach;
        var y = nodes.Node("Conv", [row, nodes.Weight(conv.Weight, 1, 1, size)], [("pads", new[] { around, around })]);
        return Reshaped(nodes, y, 0, channels, 1, 1);
    }

    private static IEnumerable<string> WeightAndBias(OnnxNodes nodes, Tensor weight, Tensor? bias) =>
        bias is null ? [nodes.Weight(weight)] : [nodes.Weight(weight), nodes.Weight(bias)];

    private static IEnumerable<(string Name, object Value)> Windows(Pair kernel, Pair stride, Pair padding) =>
        [
            ("kernel_shape", kernel.ToArray()),
            ("strides", stride.ToArray()),
            ("pads", new[] { padding.Height, padding.Width, padding.Height, padding.Width }),
        ];
}
