// Mixed precision: P. Micikevicius et al., arXiv 1710.03740; bfloat16 for training, D. Kalamkar et al., arXiv 1905.12322.
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>The type in which convolutions and matrix products are computed. Weights, statistics and the loss are float32 in all of them.</summary>
public enum ComputeType
{
    /// <summary>No mixing: float32 throughout.</summary>
    Float32,

    /// <summary>8 bits of mantissa and float32's range, so that no loss is scaled. On a CPU with AVX-512 or AMX and on GPUs from Ampere on.</summary>
    BFloat16,

    /// <summary>11 bits of mantissa and a range that gradients leave, which the scale of the loss prevents (section 3.2). On GPUs alone.</summary>
    Float16,
}

internal static class ComputeTypes
{
    /// <summary>Until disposed, this thread computes in the precision; float32 leaves things as they are.</summary>
    /// <exception cref="TResNetException">The device does not compute in it.</exception>
    public static IDisposable? Begin(this ComputeType computeType, Device device) =>
        computeType == ComputeType.Float32 ? null : new Autocast(device, TypeOf(computeType));

    /// <summary>Throws where a device does not compute in a precision.</summary>
    /// <exception cref="TResNetException">It does not; the message says what to take instead.</exception>
    public static void Require(this ComputeType computeType, Device device) => Begin(computeType, device)?.Dispose();

    /// <summary>The elements' type.</summary>
    public static ScalarType TypeOf(this ComputeType computeType) =>
        computeType switch
        {
            ComputeType.BFloat16 => ScalarType.BFloat16,
            ComputeType.Float16 => ScalarType.Float16,
            _ => ScalarType.Float32,
        };
}
