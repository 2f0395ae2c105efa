using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>Where a convolution looks, and how it is computed there.</summary>
/// <param name="Stride">Of height and width, as the next two.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Dilation">1 for a dense kernel.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
internal sealed record ConvolutionPlace(long[] Stride, long[] Padding, long[] Dilation, long Groups)
{
    private const string Name = "a convolution";
    private static readonly Operator BackwardOp = new("aten::convolution_backward");

    /// <summary>TorchSharp's.</summary>
    public Tensor Plain(Tensor x, Tensor weight, Tensor? bias) =>
        nn.functional.conv2d(x, weight, bias, Stride, Padding, Dilation, Groups);

    /// <summary>The passes that go by Winograd's algorithm: as the sizes say, since it changes bits.</summary>
    public WinogradPasses Passes(Tensor x, Tensor weight)
    {
        const int Block = 16;
        if (
            !Winograd.Enabled
            || !NativeKernels.Available
            || Groups != 1
            || weight.shape is not [var features, var channels, 3, 3]
            || features % Block != 0
            || channels % Block != 0
            || !All(Stride, 1)
            || !All(Dilation, 1)
            || FittingSizes(x, weight) is not { } sizes
        )
        {
            return WinogradPasses.None;
        }

        return NativeKernels.tresnet_convolution_pays(sizes);
    }

    /// <summary>Computes it without autograd.</summary>
    public Tensor Forward(Tensor x, Tensor weight, Tensor? bias, WinogradPasses passes)
    {
        var isOurs = passes.HasFlag(WinogradPasses.Maps) || IsDirect(x, weight);
        if (!isOurs || (bias is not null && !FeatureMaps.IsVector(bias, weight.shape[0])))
        {
            return Plain(x, weight, bias);
        }

        NativeKernels.Enter();
        using var scope = NewDisposeScope();
        var (input, kernel) = (FeatureMaps.Dense(x), FeatureMaps.Dense(weight));
        var sizes = Sizes(x.shape, weight.shape, KernelTypes.Of(x.dtype));
        var output = Empty(OutputShape(sizes), x.dtype, IsLast(x, weight));
        var status = NativeKernels.tresnet_convolution_forward(
            sizes,
            passes & WinogradPasses.Maps,
            Operand(input),
            Operand(kernel),
            bias is null ? 0 : TensorMemory.Address(bias),
            Operand(output)
        );
        NativeKernels.Check(status, Name);
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>The gradients of input, weight and bias where they are wanted, without autograd.</summary>
    public void Backward(
        Tensor gradient,
        Tensor x,
        Tensor weight,
        WinogradPasses passes,
        ReadOnlySpan<bool> wanted,
        Tensor?[] results
    )
    {
        // A gradient that is differentiated again is libtorch's.
        var direct = !is_grad_enabled() && IsDirect(x, weight);
        var fits = gradient.dtype == x.dtype;
        var toInput = fits && wanted[0] && (direct || passes.HasFlag(WinogradPasses.Maps));
        var toWeight = fits && wanted[1] && (direct || passes.HasFlag(WinogradPasses.Weights));
        bool[] rest = [wanted[0] && !toInput, wanted[1] && !toWeight, wanted[2]];
        if (Array.Exists(rest, wants => wants))
        {
            BackwardOp.Call(
                results.AsSpan(0, 3),
                gradient,
                x,
                weight,
                wanted[2] ? Argument.Optional((Argument)new[] { weight.shape[0] }) : Argument.None,
                Stride,
                Padding,
                Dilation,
                false,
                new long[] { 0, 0 },
                Groups,
                rest
            );
        }

        if (!toInput && !toWeight)
        {
            return;
        }

        NativeKernels.Enter();
        var (input, kernel, incoming) = (FeatureMaps.Dense(x), FeatureMaps.Dense(weight), FeatureMaps.Dense(gradient));
        var sizes = Sizes(x.shape, weight.shape, KernelTypes.Of(x.dtype));
        if (toInput)
        {
            results[0] = Empty(x.shape, x.dtype, IsLast(x, weight));
        }

        if (toWeight)
        {
            // In the weight's order, so that it becomes the parameter's gradient without a copy.
            results[1] = Empty(weight.shape, weight.dtype, FeatureMaps.IsChannelsLast(weight));
        }

        var status = NativeKernels.tresnet_convolution_backward(
            sizes,
            passes,
            Operand(incoming),
            toWeight ? Operand(input) : default,
            toInput ? Operand(kernel) : default,
            toInput ? Operand(results[0]!) : default,
            toWeight ? Operand(results[1]!) : default,
            0
        );
        NativeKernels.Check(status, Name);
    }

    private static bool All(long[] values, long value) => values[0] == value && values[^1] == value;

    // With caches that are guessed, libtorch's oneDNN trains at three quarters of the rate of ours, where it is not switched off.
    // What does not fit is left to it too, which says why.
    private bool IsDirect(Tensor x, Tensor weight) =>
        ProcessorCaches.AreHidden && NativeKernels.HasConvolutions && FittingSizes(x, weight) is not null;

    // Of two float32 tensors that make a map of at least one value; null for others.
    private ConvolutionSizes? FittingSizes(Tensor x, Tensor weight) =>
        x.dtype == ScalarType.Float32
        && weight.dtype == ScalarType.Float32
        && x.shape is [> 0, var channels, _, _]
        && weight.shape is [var features, var given, _, _]
        && channels == given * Groups
        && features % Groups == 0
        && Sizes(x.shape, weight.shape, KernelType.Float32) is var sizes
        && HasOutput(sizes)
            ? sizes
            : null;

    // As libtorch has it: where one of the operands is.
    private static bool IsLast(Tensor x, Tensor weight) =>
        FeatureMaps.IsChannelsLast(x) || FeatureMaps.IsChannelsLast(weight);

    private static ConvolutionOperand Operand(Tensor tensor) =>
        new() { Data = TensorMemory.Address(tensor), ChannelsLast = FeatureMaps.IsChannelsLast(tensor) ? 1 : 0 };

    private static Tensor Empty(long[] shape, ScalarType type, bool channelsLast) =>
        channelsLast
            ? empty_strided(shape, [shape[1] * shape[2] * shape[3], 1, shape[1] * shape[3], shape[1]], type)
            : empty(shape, type);

    private static bool HasOutput(in ConvolutionSizes sizes) => Array.TrueForAll(OutputShape(sizes), size => size > 0);

    private static long[] OutputShape(in ConvolutionSizes s) =>
        [
            s.Images,
            s.OutChannels,
            Side(s.InHeight, s.KernelHeight, s.StrideHeight, s.PaddingHeight, s.DilationHeight),
            Side(s.InWidth, s.KernelWidth, s.StrideWidth, s.PaddingWidth, s.DilationWidth),
        ];

    private static long Side(long size, long kernel, long stride, long padding, long dilation)
    {
        var room = size + (2 * padding) - (dilation * (kernel - 1)) - 1;
        return room < 0 ? 0 : (room / stride) + 1;
    }

    private ConvolutionSizes Sizes(long[] x, long[] weight, KernelType type) =>
        new()
        {
            Images = x[0],
            InChannels = x[1],
            InHeight = x[2],
            InWidth = x[3],
            OutChannels = weight[0],
            KernelHeight = weight[2],
            KernelWidth = weight[3],
            StrideHeight = Stride[0],
            StrideWidth = Stride[^1],
            PaddingHeight = Padding[0],
            PaddingWidth = Padding[^1],
            DilationHeight = Dilation[0],
            DilationWidth = Dilation[^1],
            Groups = Groups,
            Type = type,
        };
}
