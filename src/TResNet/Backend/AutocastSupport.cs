using TorchSharp;
using static TorchSharp.torch;

namespace TResNet;

/// <summary>Which devices compute in which types.</summary>
internal static class AutocastSupport
{
    /// <summary>Throws where a device has no autocast to a type; null asks for none.</summary>
    /// <exception cref="TResNetException">It has not; the message says what to take instead.</exception>
    public static void Require(Device device, ScalarType? type)
    {
        switch (device.type, type)
        {
            case (_, null):
            case (DeviceType.CPU, ScalarType.BFloat16):
            case (DeviceType.CUDA, ScalarType.BFloat16 or ScalarType.Float16):
                return;
            case (DeviceType.CPU, ScalarType.Float16):
                throw new TResNetException("A CPU does not compute in float16; use bfloat16 there, or a GPU.");
            default:
                throw new TResNetException(
                    $"Autocast to {type} on {device} was asked for, but it is to bfloat16 on a CPU, and to bfloat16 or float16 on a CUDA GPU; choose one of them."
                );
        }
    }
}
