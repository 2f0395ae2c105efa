using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// A convolution in two dimensions. On a CPU it keeps no input for backward that can be made again, and none at all where the weight is not
/// trained; where it pays by the sizes alone it goes by Winograd's algorithm (Lavin and Gray, arXiv 1509.09308), forward and both gradients.
/// </summary>
internal static class Convolution
{
    private static readonly Operator Mkldnn = new("aten::mkldnn_convolution");

    /// <summary>Computes it.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[O, C / groups, Kh, Kw].</param>
    /// <param name="bias">[O] or null.</param>
    /// <param name="stride">Of height and width, as the next two.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">1 for a dense kernel.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <returns>[N, O, H', W'].</returns>
    public static Tensor Apply(
        Tensor x,
        Tensor weight,
        Tensor? bias,
        long[] stride,
        long[] padding,
        long[] dilation,
        long groups
    )
    {
        var place = new ConvolutionPlace(stride, padding, dilation, groups);
        var isMap = x.dim() == 4 && x.device_type == DeviceType.CPU && weight.device_type == DeviceType.CPU;
        var isWanted = AutogradNode.IsWanted(x, weight, bias);
        if (!isMap || (isWanted ? !AutogradSupport.Available : Autocast.IsOnForCpu))
        {
            return place.Plain(x, weight, bias);
        }

        if (!isWanted)
        {
            using var _ = no_grad();
            return IsSmall(x, weight, groups)
                ? Mkldnn.Call(x, weight, Argument.Optional(bias), padding, stride, dilation, groups)
                : place.Forward(x, weight, bias, place.Passes(x, weight));
        }

        using var scope = NewDisposeScope();
        if (Autocast.IsOnForCpu)
        {
            var type = Autocast.TypeForCpu;
            (x, weight, bias) = (Cast(x, type), Cast(weight, type), bias is null ? null : Cast(bias, type));
        }

        return ConvolutionNode.Record(place, x, weight, bias).MoveToOuterDisposeScope();
    }

    // The same object where it is of that type, since what is known of it is known by the object.
    private static Tensor Cast(Tensor x, ScalarType type) => x.dtype == type ? x : x.to(type);

    // What libtorch multiplies with a BLAS, and oneDNN is quicker at: maps of one image such as those of a classifier or a gate.
    private static bool IsSmall(Tensor x, Tensor weight, long groups)
    {
        const long Most = 20480;
        return groups == 1
            && LibTorch.HasOneDnn
            && x.dtype == ScalarType.Float32
            && weight.dtype == ScalarType.Float32
            && x.shape is [1, var channels, _, _]
            && channels == weight.shape[1]
            && x.numel() is > 0 and <= Most;
    }
}
