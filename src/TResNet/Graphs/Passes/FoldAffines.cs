using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// A scale and a shift for each channel, as a normalisation in evaluation is, becomes part of the weights of what made its input. Computed in float64, since
/// a rounded scale would be a rounded network.
/// </summary>
internal static class FoldAffines
{
    internal static void Run(Graph graph)
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            var readers = new Readers(graph);
            foreach (var value in graph.Values)
            {
                if (
                    value.Operation is Pointwise { HasAffine: true, Gate: null, Addend: null } affine
                    && Folded(readers.MakerForOne<Operation>(affine.X), affine) is { } folded
                )
                {
                    readers.Replace(value, folded);
                }
            }

            graph.Sweep();
        }
    }

    /// <summary>The values times the scale; the scale where there are no values, null where there is neither.</summary>
    internal static Tensor? Times(Tensor? values, Tensor? scale) =>
        values is null || scale is null ? values ?? scale : Single(Double(values) * Double(scale));

    /// <summary>The values times the scale, plus the shift.</summary>
    internal static Tensor? Plus(Tensor? values, Tensor? scale, Tensor? shift) =>
        values is null ? shift
        : scale is null && shift is null ? values
        : Single((Double(values) * (scale is null ? 1 : Double(scale))) + (shift is null ? 0 : Double(shift)));

    private static Operation? Folded(Operation? maker, Pointwise affine)
    {
        var (scale, shift, activation) = (affine.Scale, affine.Shift, affine.Activation);
        return maker switch
        {
            Convolution { Addend: null, Activation.IsIdentity: true } convolution => convolution with
            {
                Weight = Rows(convolution.Weight, scale, [-1, 1, 1, 1]),
                Bias = Plus(convolution.Bias, scale, shift),
                Activation = activation,
            },
            Linear { Activation.IsIdentity: true } linear => linear with
            {
                Weight = Rows(linear.Weight, scale, [-1, 1]),
                Bias = Plus(linear.Bias, scale, shift),
                Activation = activation,
            },
            EvoNormS0 norm when activation.IsIdentity => norm with
            {
                Weight = Times(norm.Weight, scale)!,
                Bias = Plus(norm.Bias, scale, shift)!,
            },
            EvoNormB0 norm when activation.IsIdentity => norm with
            {
                Weight = Times(norm.Weight, scale)!,
                Bias = Plus(norm.Bias, scale, shift)!,
            },
            _ => null,
        };
    }

    private static Tensor Rows(Tensor weight, Tensor? scale, long[] shape) =>
        scale is null ? weight : Single(Double(weight) * Double(scale).view(shape));

    private static Tensor Double(Tensor tensor) => tensor.to(ScalarType.Float64);

    private static Tensor Single(Tensor tensor) => tensor.to(ScalarType.Float32).contiguous();
}
