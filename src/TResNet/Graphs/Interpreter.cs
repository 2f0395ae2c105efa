using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// Computes a graph with TorchSharp's operators, on any device and any number of images: what passes and plans are tested against, and what
/// runs where there is no plan.
/// </summary>
internal static class Interpreter
{
    /// <summary>Computes what is wanted of the graph.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="x">Images of the graph's channels, [N, C, H, W] of float32.</param>
    /// <param name="seen">Told of each value with its numbers, which are freed afterwards; null where nobody looks.</param>
    /// <returns>The graph's outputs, for the caller.</returns>
    internal static Tensor[] Run(Graph graph, Tensor x, Action<Value, Tensor>? seen = null)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<Value, Tensor> { [graph.Input] = x };
        var uses = graph
            .Values.SelectMany(value => value.Operation.Inputs)
            .Concat(graph.Outputs)
            .CountBy(value => value)
            .ToDictionary();
        foreach (var value in graph.Values)
        {
            tensors[value] = Compute(value.Operation, input => tensors[input]);
            seen?.Invoke(value, tensors[value]);
            foreach (var input in value.Operation.Inputs)
            {
                uses[input]--;
                if (uses[input] == 0 && input != graph.Input)
                {
                    tensors[input].Dispose();
                }
            }
        }

        return [.. graph.Outputs.Select(output => tensors[output].alias().MoveToOuterDisposeScope())];
    }

    /// <summary>Computes the one thing that is wanted of the graph.</summary>
    internal static Tensor RunSingle(Graph graph, Tensor x) => Run(graph, x).Single();

    /// <summary>Computes one operation; what it gives is the caller's.</summary>
    internal static Tensor Compute(Operation operation, Func<Value, Tensor> of)
    {
        using var scope = NewDisposeScope();
        var result = operation switch
        {
            Convolution conv => Activated(Added(Convolve(conv, of(conv.X)), conv.Addend, of), conv.Activation),
            Linear linear => Activated(
                nn.functional.linear(of(linear.X), linear.Weight, linear.Bias),
                linear.Activation
            ),
            Pointwise pointwise => Compute(pointwise, of),
            EvoNormS0 norm => Normalised(norm, of(norm.X)),
            EvoNormB0 norm => Normalised(norm, of(norm.X)),
            MaxPool pool => nn.functional.max_pool2d(
                of(pool.X),
                pool.Kernel.ToArray(),
                pool.Stride.ToArray(),
                pool.Padding.ToArray(),
                pool.Dilation.ToArray(),
                pool.CeilMode
            ),
            AveragePool pool => nn.functional.avg_pool2d(
                of(pool.X),
                pool.Kernel.ToArray(),
                pool.Stride.ToArray(),
                pool.Padding.ToArray(),
                pool.CeilMode,
                pool.CountsPadding
            ),
            GlobalMean mean => of(mean.X).mean([2, 3], keepdim: true),
            GlobalMax max => of(max.X).amax([2, 3], keepdim: true),
            Pad pad => nn.functional.pad(
                of(pad.X),
                [pad.Left, pad.Right, pad.Top, pad.Bottom],
                pad.Kind switch
                {
                    PadKind.Reflect => PaddingModes.Reflect,
                    PadKind.Replicate => PaddingModes.Replicate,
                    _ => PaddingModes.Constant,
                }
            ),
            Blur blur => Blurred(of(blur.X), blur.Stride),
            SpaceToDepth patches => Rearranged(of(patches.X), patches.Patch),
            Slice slice => of(slice.X).narrow(1, slice.From, slice.Count),
            Concatenation all => cat([.. all.Parts.Select(of)], 1),
            Mix mix => Mixed([.. mix.Parts.Select(of)], mix.Gate is null ? null : of(mix.Gate)),
            PartSoftmax softmax => Shares(of(softmax.X), softmax.Parts, softmax.Groups),
            ChannelConvolution conv => Convolve(conv, of(conv.X)),
            Flatten flatten => of(flatten.X).flatten(1),
            // It may give back what it was given, or what it keeps.
            Opaque opaque => opaque.Call([.. opaque.Arguments.Select(of)]).alias(),
            _ => throw new InvalidOperationException($"The interpreter knows no {operation.Text}."),
        };
        return result.MoveToOuterDisposeScope();
    }

    private static Tensor Convolve(Convolution conv, Tensor x) =>
        nn.functional.conv2d(
            x,
            conv.Weight,
            conv.Bias,
            conv.Stride.ToArray(),
            conv.Padding.ToArray(),
            conv.Dilation.ToArray(),
            conv.Groups
        );

    private static Tensor Added(Tensor y, Value? addend, Func<Value, Tensor> of) =>
        addend is null ? y : y.add_(of(addend), alpha: Scalars.One);

    private static Tensor Compute(Pointwise pointwise, Func<Value, Tensor> of)
    {
        var x = of(pointwise.X);
        var y = pointwise.Gate is null ? x : x * of(pointwise.Gate);
        y = pointwise.Scale is null ? y : y * PerChannel(pointwise.Scale, x);
        y = pointwise.Shift is null ? y : y + PerChannel(pointwise.Shift, x);
        y = pointwise.Addend is null ? y : y + of(pointwise.Addend);

        // The activation writes to what it is given.
        return Activated(ReferenceEquals(x, y) ? x.clone() : y, pointwise.Activation);
    }

    internal static Tensor Activated(Tensor x, Nonlinearity activation) =>
        activation.Kind switch
        {
            NonlinearityKind.Identity => x,
            NonlinearityKind.LeakyReLU when activation.IsReLU => x.relu_(),
            NonlinearityKind.LeakyReLU => nn.functional.leaky_relu(x, activation.Alpha, inplace: true),
            NonlinearityKind.Clip => x.clamp_(activation.Alpha, activation.Beta),
            NonlinearityKind.Sigmoid => x.sigmoid_(),
            NonlinearityKind.SiLU => nn.functional.silu(x, inplace: true),
            NonlinearityKind.Hardswish => nn.functional.hardswish(x, inplace: true),
            NonlinearityKind.Hardsigmoid => nn.functional.hardsigmoid(x, inplace: true),
            NonlinearityKind.Tanh => x.tanh_(),
            NonlinearityKind.ELU => nn.functional.elu(x, activation.Alpha, inplace: true),
            NonlinearityKind.GELU => nn.functional.gelu(x),
            NonlinearityKind.Mish => nn.functional.mish(x, inplace: true),
            _ => throw new InvalidOperationException($"The interpreter knows no {activation}."),
        };

    private static Tensor Normalised(EvoNormS0 norm, Tensor x)
    {
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        var groups = norm.Groups;
        var variance = x.reshape(-1, groups, c / groups, h, w).var([2, 3, 4], unbiased: false, keepdim: true);
        var deviation = (variance + norm.Epsilon).sqrt().expand(-1, groups, c / groups, 1, 1).reshape(-1, c, 1, 1);
        var y = x * (x * PerChannel(norm.V, x)).sigmoid_() / deviation;
        return y.mul_(PerChannel(norm.Weight, x)).add_(PerChannel(norm.Bias, x), alpha: Scalars.One);
    }

    private static Tensor Normalised(EvoNormB0 norm, Tensor x)
    {
        var deviation = (x.var([2, 3], unbiased: false, keepdim: true) + norm.Epsilon).sqrt();
        var y =
            x / PerChannel(norm.Deviation, x).maximum((x * PerChannel(norm.V, x)).add_(deviation, alpha: Scalars.One));
        return y.mul_(PerChannel(norm.Weight, x)).add_(PerChannel(norm.Bias, x), alpha: Scalars.One);
    }

    private static Tensor Blurred(Tensor x, long stride)
    {
        var kernel = Blur.Kernel(x.shape[1], x.device);
        var mode = Blur.BorderOf(x.shape) == PadKind.Reflect ? PaddingModes.Reflect : PaddingModes.Replicate;
        var padded = nn.functional.pad(x, [1, 1, 1, 1], mode);
        return nn.functional.conv2d(padded, kernel, strides: [stride, stride], groups: x.shape[1]);
    }

    private static Tensor Rearranged(Tensor x, long patch)
    {
        var (c, h, w) = (x.shape[1], x.shape[2] / patch, x.shape[3] / patch);
        return x.reshape(-1, c, h, patch, w, patch).permute(0, 3, 5, 1, 2, 4).reshape(-1, c * patch * patch, h, w);
    }

    private static Tensor Mixed(Tensor[] parts, Tensor? gate)
    {
        var terms = parts.Select((part, i) => gate is null ? part : part * gate.select(1, i)).ToArray();
        return terms[1..].Aggregate(terms[0].clone(), (sum, term) => sum.add_(term, alpha: Scalars.One));
    }

    private static Tensor Shares(Tensor scores, long parts, long groups)
    {
        var channels = scores.shape[1] / parts;
        return scores
            .reshape(-1, groups, parts, channels / groups)
            .transpose(1, 2)
            .softmax(1)
            .reshape(-1, parts, channels, 1, 1);
    }

    private static Tensor Convolve(ChannelConvolution conv, Tensor x)
    {
        var (channels, size) = (x.shape[1], conv.Weight.numel());
        var (reach, row) = (size / 2, x.reshape(-1, 1, 1, channels));
        row = conv.Circular ? cat([row.narrow(3, channels - reach, reach), row, row.narrow(3, 0, reach)], 3) : row;
        var y = nn.functional.conv2d(row, conv.Weight.view(1, 1, 1, size), padding: [0, conv.Circular ? 0 : reach]);
        return y.reshape(-1, channels, 1, 1);
    }

    private static Tensor PerChannel(Tensor values, Tensor x) => x.dim() == 4 ? values.view(1, -1, 1, 1) : values;
}
