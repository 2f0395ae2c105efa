using static TorchSharp.torch;
using CoordinateAttention = TResNet.Layers.CoordinateAttention;
using MLDecoder = TResNet.Layers.MLDecoder;

namespace TResNet.Graphs.TorchScript;

/// <summary>What the operations of a graph are in PyTorch's operators, for any number of images and any size.</summary>
internal static class ScriptOperators
{
    /// <summary>Adds what computes a value and gives its name.</summary>
    /// <exception cref="TResNetException">There are no operators for it.</exception>
    public static string Add(ScriptCode code, Value value, IReadOnlyDictionary<Value, string> names)
    {
        return value.Operation switch
        {
            Convolution conv => Convolved(code, conv, names),
            Linear linear => Activated(
                code,
                code.Call("linear", Of(linear.X), code.Weight(linear.Weight), code.Optional(linear.Bias)),
                linear.Activation
            ),
            Pointwise pointwise => Joined(code, pointwise, names),
            EvoNormS0 norm => Normalised(code, norm, Of(norm.X)),
            EvoNormB0 norm => Normalised(code, norm, Of(norm.X)),
            MaxPool pool => code.Call(
                "max_pool2d",
                Of(pool.X),
                pool.Kernel.ToArray(),
                pool.Stride.ToArray(),
                pool.Padding.ToArray(),
                pool.Dilation.ToArray(),
                pool.CeilMode
            ),
            AveragePool pool => code.Call(
                "avg_pool2d",
                Of(pool.X),
                pool.Kernel.ToArray(),
                pool.Stride.ToArray(),
                pool.Padding.ToArray(),
                pool.CeilMode,
                pool.CountsPadding
            ),
            GlobalMean mean => code.Call("mean", Of(mean.X), new long[] { 2, 3 }, true),
            GlobalMax max => code.Call("amax", Of(max.X), new long[] { 2, 3 }, true),
            Pad pad => Padded(code, Of(pad.X), pad.Kind, [pad.Left, pad.Right, pad.Top, pad.Bottom]),
            Blur blur => Blurred(code, blur, Of(blur.X)),
            SpaceToDepth patches => Rearranged(code, patches, Of(patches.X)),
            Slice slice => code.Call("slice", Of(slice.X), 1, slice.From, slice.From + slice.Count),
            Concatenation all => code.Call("cat", all.Parts.Select(Of), 1),
            Mix mix => Mixed(code, mix, names),
            PartSoftmax softmax => Shared(code, softmax, Of(softmax.X)),
            ChannelConvolution conv => Convolved(code, conv, Of(conv.X)),
            Flatten flatten => code.Call("flatten", Of(flatten.X), 1),
            Opaque { Module: CoordinateAttention layer } => ScriptLayers.Add(
                code,
                layer,
                Of(value.Operation.Inputs[0])
            ),
            Opaque { Module: MLDecoder head } => ScriptLayers.Add(code, head, Of(value.Operation.Inputs[0])),
            var other => throw new TResNetException(
                $"{other.Text} has no operators in TorchScript here: only networks of known layers can be written."
            ),
        };

        string Of(Value input) => names[input];
    }

    private static string Convolved(ScriptCode code, Convolution conv, IReadOnlyDictionary<Value, string> names)
    {
        var y = code.Call(
            "conv2d",
            names[conv.X],
            code.Weight(conv.Weight),
            code.Optional(conv.Bias),
            conv.Stride.ToArray(),
            conv.Padding.ToArray(),
            conv.Dilation.ToArray(),
            conv.Groups
        );
        return Activated(code, conv.Addend is null ? y : code.Call("add", y, names[conv.Addend]), conv.Activation);
    }

    private static string Activated(ScriptCode code, string x, Nonlinearity activation) =>
        activation.Kind switch
        {
            NonlinearityKind.Identity => x,
            NonlinearityKind.LeakyReLU when activation.IsReLU => code.Call("relu", x),
            NonlinearityKind.LeakyReLU => code.Call("leaky_relu", x, activation.Alpha),
            NonlinearityKind.Clip => code.Call("clamp", x, activation.Alpha, activation.Beta),
            NonlinearityKind.ELU => code.Call("elu", x, activation.Alpha),
            NonlinearityKind.Sigmoid
            or NonlinearityKind.SiLU
            or NonlinearityKind.Hardswish
            or NonlinearityKind.Hardsigmoid
            or NonlinearityKind.Tanh
            or NonlinearityKind.GELU
            or NonlinearityKind.Mish => code.Call($"{activation}", x),
            _ => throw new TResNetException($"{activation} has no operators in TorchScript here."),
        };

    private static string Joined(ScriptCode code, Pointwise pointwise, IReadOnlyDictionary<Value, string> names)
    {
        var y = names[pointwise.X];
        if (pointwise is { IsAffine: true, Statistics: { } own })
        {
            return code.Call(
                "batch_norm",
                y,
                code.Optional(own.Weight),
                code.Optional(own.Bias),
                code.Weight(own.Mean),
                code.Weight(own.Variance),
                false,
                0.0,
                own.Epsilon,
                false
            );
        }

        y = pointwise.Gate is null ? y : code.Call("mul", y, names[pointwise.Gate]);
        y = pointwise.Scale is null ? y : code.Call("mul", y, PerChannel(pointwise.Scale));
        y = pointwise.Shift is null ? y : code.Call("add", y, PerChannel(pointwise.Shift));
        y = pointwise.Addend is null ? y : code.Call("add", y, names[pointwise.Addend]);
        return Activated(code, y, pointwise.Activation);

        string PerChannel(Tensor values) => pointwise.X.IsMap ? OfChannels(code, values) : code.Weight(values);
    }

    private static string Normalised(ScriptCode code, EvoNormS0 norm, string x)
    {
        var (channels, groups) = (norm.X.Channels, norm.Groups);
        var grouped = code.Call("flatten", code.Call("unflatten", x, 1, new[] { groups, channels / groups }), 2);
        var deviation = Deviation(code, grouped, [2], norm.Epsilon);
        var each = code.Call("expand", deviation, new[] { -1, groups, channels / groups });
        var ofChannels = code.Call("reshape", each, new[] { -1, channels, 1, 1 });
        var swish = code.Call("mul", x, code.Call("sigmoid", code.Call("mul", x, OfChannels(code, norm.V))));
        return Finished(code, code.Call("div", swish, ofChannels), norm.Weight, norm.Bias);
    }

    private static string Normalised(ScriptCode code, EvoNormB0 norm, string x)
    {
        var image = Deviation(code, x, [2, 3], norm.Epsilon);
        var instance = code.Call("add", code.Call("mul", x, OfChannels(code, norm.V)), image);
        var larger = code.Call("maximum", OfChannels(code, norm.Deviation), instance);
        return Finished(code, code.Call("div", x, larger), norm.Weight, norm.Bias);
    }

    private static string Deviation(ScriptCode code, string x, long[] axes, double epsilon) =>
        code.Call("sqrt", code.Call("add", code.Call("var", x, axes, false, true), epsilon));

    private static string Finished(ScriptCode code, string x, Tensor weight, Tensor bias) =>
        code.Call("add", code.Call("mul", x, OfChannels(code, weight)), OfChannels(code, bias));

    private static string OfChannels(ScriptCode code, Tensor values) =>
        code.Call("reshape", code.Weight(values), new long[] { -1, 1, 1 });

    private static string Padded(ScriptCode code, string x, PadKind kind, long[] sides) =>
        kind switch
        {
            PadKind.Reflect => code.Call("reflection_pad2d", x, sides),
            PadKind.Replicate => code.Call("replication_pad2d", x, sides),
            _ => code.Call("constant_pad_nd", x, sides, 0),
        };

    private static string Blurred(ScriptCode code, Blur blur, string x)
    {
        var padded = Padded(code, x, blur.Border, [1, 1, 1, 1]);
        long[] stride = [blur.Stride, blur.Stride];
        return code.Call(
            "conv2d",
            padded,
            code.Weight(Blur.Kernel(blur.X.Channels)),
            null,
            stride,
            new long[] { 0, 0 },
            new long[] { 1, 1 },
            blur.X.Channels
        );
    }

    private static string Rearranged(ScriptCode code, SpaceToDepth patches, string x)
    {
        var (channels, patch) = (patches.X.Channels, patches.Patch);
        var rows = code.Call("floordiv", code.Call("size", x, 2), patch);
        var columns = code.Call("floordiv", code.Call("size", x, 3), patch);
        var apart = code.Call("reshape", x, new[] { "-1", $"{channels}", rows, $"{patch}", columns, $"{patch}" });
        var moved = code.Call("permute", apart, new long[] { 0, 3, 5, 1, 2, 4 });
        return code.Call("reshape", moved, new[] { "-1", $"{channels * patch * patch}", rows, columns });
    }

    private static string Mixed(ScriptCode code, Mix mix, IReadOnlyDictionary<Value, string> names)
    {
        var terms = mix.Parts.Select(
            (part, i) =>
                mix.Gate is null
                    ? names[part]
                    : code.Call("mul", names[part], code.Call("select", names[mix.Gate], 1, i))
        );
        return terms.Aggregate((sum, term) => code.Call("add", sum, term));
    }

    private static string Shared(ScriptCode code, PartSoftmax softmax, string x)
    {
        var (parts, channels) = (softmax.Parts, softmax.X.Channels / softmax.Parts);
        long[] grouped = [-1, softmax.Groups, parts, channels / softmax.Groups];
        var byPart = code.Call("transpose", code.Call("reshape", x, grouped), 1, 2);
        return code.Call("reshape", code.Call("softmax", byPart, 1), new[] { -1, parts, channels, 1, 1 });
    }

    private static string Convolved(ScriptCode code, ChannelConvolution conv, string x)
    {
        var (channels, size) = (conv.X.Channels, conv.Weight.numel());
        var (row, reach) = (code.Call("reshape", x, new[] { -1, 1, channels }), size / 2);
        if (conv.Circular)
        {
            var last = code.Call("slice", row, 2, channels - reach, channels);
            row = code.Call("cat", new[] { last, row, code.Call("slice", row, 2, 0, reach) }, 2);
        }

        var weight = code.Call("reshape", code.Weight(conv.Weight), new[] { 1, 1, size });
        var around = conv.Circular ? 0 : reach;
        var y = code.Call("conv1d", row, weight, null, new long[] { 1 }, new[] { around }, new long[] { 1 }, 1);
        return code.Call("reshape", y, new[] { -1, channels, 1, 1 });
    }
}
