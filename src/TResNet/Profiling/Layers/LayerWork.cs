// What a layer computes and moves at least, by its shapes: the two axes of a roofline (Williams et al., CACM 52(4), 2009). Each tensor is counted
// as read or written once for each pass that needs it; what stays in a cache moves less, what does not fit in one moves more.

using TorchSharp.Modules;
using TResNet.Layers;
using TResNet.Profiling.Counting;

namespace TResNet.Profiling.Layers;

/// <summary>What one pass of a layer takes.</summary>
/// <param name="Operations">Additions and multiplications; a multiply-add is two. An estimate, but for convolutions and linear layers.</param>
/// <param name="Bytes">Read and written; an estimate.</param>
internal readonly record struct Work(double Operations, double Bytes)
{
    /// <summary>Both added.</summary>
    public static Work operator +(Work a, Work b) => new(a.Operations + b.Operations, a.Bytes + b.Bytes);

    /// <summary>Operations a byte.</summary>
    public double Intensity => Bytes > 0 ? Operations / Bytes : 0;
}

/// <summary>Estimates the work of layers.</summary>
internal static class LayerWork
{
    /// <summary>Multiply-adds of a call for the whole batch, counted as <see cref="Summarizer"/> counts them.</summary>
    public static long MultiplyAdds(LayerCall call)
    {
        var inner = LayerKinds.IsWhole(call.Module) ? call.Module.modules().OfType<Convolution>().ToArray() : [];
        return call.Module switch
        {
            Convolution convolution => call.Output!.Elements
                * (convolution.weight!.numel() / convolution.weight.shape[0]),
            Linear linear => call.Output!.Elements * linear.weight!.shape[1],
            IMultiplies layer => layer.MultiplyAdds(call.Input.Shape),
            // The convolutions of an attention see one pixel for each image.
            _ => inner.Sum(convolution => call.Input.Shape[0] * convolution.weight!.numel()),
        };
    }

    /// <summary>Forward, without what the calls inside do.</summary>
    public static Work Forward(LayerCall call, LayerKind kind, bool training)
    {
        var (input, output) = (call.Input, call.Output!);
        var (i, o) = (input.Bytes, output.Bytes);
        return kind switch
        {
            LayerKind.Convolution or LayerKind.DepthwiseConvolution or LayerKind.Linear => new(
                2.0 * MultiplyAdds(call),
                i + o + Weights(call)
            ),
            LayerKind.Normalization => new((training ? 8.0 : 4) * output.Elements, (training ? 2 : 1) * i + o),
            LayerKind.Blur => new(18.0 * output.Elements, i + o),
            LayerKind.Pooling => new(input.Elements, i + o),
            LayerKind.Attention => new(2.0 * MultiplyAdds(call) + 2.0 * input.Elements, 2 * i + o + Weights(call)),
            LayerKind.Sum => new(2.0 * output.Elements, 3 * o),
            LayerKind.Rearrangement => new(0, i + o),
            _ => LayerKinds.IsWhole(call.Module) ? new(output.Elements, i + o) : default,
        };
    }

    /// <summary>Backward, without what the calls inside do: the gradients of the input, where it needs one, and of the parameters.</summary>
    public static Work Backward(LayerCall call, LayerKind kind)
    {
        var (input, output) = (call.Input, call.Output!);
        var (i, o) = (input.Bytes, output.Bytes);
        var ofInput = input.NeedsGradient ? 1 : 0;
        return kind switch
        {
            LayerKind.Convolution or LayerKind.DepthwiseConvolution or LayerKind.Linear => new(
                2.0 * MultiplyAdds(call) * (1 + ofInput),
                (o + i + Weights(call)) * (1 + ofInput)
            ),
            LayerKind.Normalization => new(10.0 * output.Elements, 3 * i + 2 * o),
            LayerKind.Attention => new(4.0 * MultiplyAdds(call) + 4.0 * input.Elements, 3 * i + 2 * o + Weights(call)),
            _ => Forward(call, kind, training: true),
        };
    }

    private static long Weights(LayerCall call) =>
        call
            .Module.parameters(recurse: LayerKinds.IsWhole(call.Module))
            .Sum(parameter => parameter.numel() * TensorKind.SizeOf(parameter.dtype));
}
