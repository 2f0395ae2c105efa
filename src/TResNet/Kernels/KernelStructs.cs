using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>The element types of the native kernels (<c>tresnet_type</c>).</summary>
internal enum KernelType
{
    Float32 = 0,
    Float64 = 1,
    BFloat16 = 2,
}

/// <summary>The activations behind a normalisation that the native kernels have (<c>tresnet_activation</c>).</summary>
internal enum KernelActivation
{
    Identity = 0,
    LeakyReLU = 1,
    ELU = 2,
    ReLU = 3,
}

/// <summary>A dense feature map (<c>tresnet_map</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelMap
{
    public nint Data;
    public long Images;
    public long Channels;
    public long Pixels;
    public KernelType Type;
    public int ChannelsLast;
}

/// <summary>A value for each channel (<c>tresnet_vector</c>); none by default.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelVector
{
    public nint Data;
    public KernelType Type;
    private readonly int reserved;

    /// <summary>The memory of a tensor [C], which has to outlive it; none of null.</summary>
    public static KernelVector Of(Tensor? tensor) =>
        tensor is null
            ? default
            : new() { Data = Compute.TensorMemory.Address(tensor), Type = KernelTypes.Of(tensor.dtype) };
}

/// <summary><c>tresnet_abn_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbnOptions
{
    public double Momentum;
    public double Epsilon;
    public double WeightEpsilon;
    public double Slope;
    public int HasWeightEpsilon;
    public KernelActivation Activation;
}

/// <summary><c>tresnet_bn_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BatchNormOptions
{
    public double Momentum;
    public double Epsilon;
    public double Slope;
    public KernelActivation Activation;
    private readonly int reserved;
}

/// <summary><c>tresnet_sgd_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SgdOptions
{
    public double Rate;
    public double Momentum;
    public double Dampening;
    public double Decay;
    public int Nesterov;
    public int Maximize;
}

/// <summary>The sizes of a convolution in two dimensions (<c>tresnet_convolution</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConvolutionSizes
{
    public long Images;
    public long InChannels;
    public long InHeight;
    public long InWidth;
    public long OutChannels;
    public long KernelHeight;
    public long KernelWidth;
    public long StrideHeight;
    public long StrideWidth;
    public long PaddingHeight;
    public long PaddingWidth;
    public long DilationHeight;
    public long DilationWidth;
    public long Groups;
    public KernelType Type;
    private readonly int reserved;
}

/// <summary>A map or a weight of a convolution (<c>tresnet_operand</c>); none by default.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConvolutionOperand
{
    public nint Data;
    public int ChannelsLast;
    private readonly int reserved;
}

/// <summary>Which passes of a convolution go by Winograd's algorithm (<c>tresnet_passes</c>).</summary>
[Flags]
internal enum WinogradPasses
{
    None = 0,

    /// <summary>Forward, and backward to the input.</summary>
    Maps = 1,

    /// <summary>Backward to the weight.</summary>
    Weights = 2,
}

/// <summary>Types of elements.</summary>
internal static class KernelTypes
{
    /// <summary>Whether the kernels compute with it.</summary>
    public static bool Has(ScalarType type) => type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>Its number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kernels do not have it.</exception>
    public static KernelType Of(ScalarType type) =>
        type switch
        {
            ScalarType.Float32 => KernelType.Float32,
            ScalarType.Float64 => KernelType.Float64,
            ScalarType.BFloat16 => KernelType.BFloat16,
            _ => throw new ArgumentOutOfRangeException(
                nameof(type),
                type,
                "The kernels compute in float32, float64 and bfloat16."
            ),
        };
}
