using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>A convolution in the autograd graph of a CPU.</summary>
internal sealed class ConvolutionNode : AutogradNode
{
    private readonly ConvolutionPlace place;
    private readonly bool hasBias;
    private readonly ScalarType type;
    private readonly long[] strides;
    private readonly WinogradPasses passes;
    private Saved? savedInput;
    private Saved? savedWeight;

    private ConvolutionNode(ConvolutionPlace place, Tensor x, WinogradPasses passes, params ReadOnlySpan<Tensor> inputs)
        : base(inputs)
    {
        this.place = place;
        this.passes = passes;
        hasBias = inputs.Length > 2;
        type = x.dtype;
        strides = x.stride();
    }

    /// <summary>Computes it.</summary>
    public static Tensor Record(ConvolutionPlace place, Tensor x, Tensor weight, Tensor? bias)
    {
        // A view of the weight: its gradient then comes as a view of ours, which the parameter takes for its own. Ours itself it would copy, since that is
        // held until the next node runs.
        using var view = weight.permute(0, 1, 2, 3);
        var passes = place.Passes(x, weight);
        using var node = bias is null
            ? new ConvolutionNode(place, x, passes, x, view)
            : new ConvolutionNode(place, x, passes, x, view, bias);
        Tensor computed;
        using (no_grad())
        {
            computed = place.Forward(x, weight, bias, passes);
        }

        var y = node.Attach(computed);
        node.savedInput = node.Needs(1) ? node.Save(x) : null;
        node.savedWeight = node.Save(weight);
        return y;
    }

    /// <inheritdoc/>
    protected override void Backward(Tensor?[] gradients, Tensor?[] results)
    {
        var weight = savedWeight!.Get();
        // Of an input that only the weight's gradient would read, the sizes are enough.
        var x = savedInput?.Get() ?? empty_strided(ShapeOf(0), strides, type);
        var all = new Tensor?[3];
        ReadOnlySpan<bool> wanted = [Needs(0), Needs(1), hasBias && Needs(2)];
        // A gradient that is differentiated again has to be libtorch's.
        place.Backward(gradients[0]!, x, weight, is_grad_enabled() ? WinogradPasses.None : passes, wanted, all);
        all.AsSpan(0, results.Length).CopyTo(results);
    }
}
