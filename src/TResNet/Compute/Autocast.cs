using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// Until disposed, convolutions and matrix products on this thread run in a smaller type, and what needs the range of float32 stays in it
/// (<c>torch.autocast</c>). Weights stay as they are; they are cast once in the outermost scope. Scopes nest; the last one is disposed first, by its thread.
/// </summary>
/// <example><code>
/// using (new Autocast(CUDA, ScalarType.BFloat16))
/// {
///     logits = network.call(images);
/// }
/// </code></example>
public sealed class Autocast : IDisposable
{
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly sbyte device;
    private readonly byte wasEnabled;
    private readonly sbyte oldType;
    private int left;

    /// <summary>Enters it.</summary>
    /// <param name="device">The device whose operators it concerns: the CPU, or a GPU.</param>
    /// <param name="type">bfloat16; on a GPU float16 too; null to run in float32 inside a scope that does not.</param>
    /// <exception cref="TResNetException">The device does not compute in this type.</exception>
    public Autocast(Device device, ScalarType? type)
    {
        Require(device, type);
        TorchLibrary.Load();
        this.device = (sbyte)device.type;
        wasEnabled = LibTorch.IsAutocastEnabled(this.device);
        oldType = LibTorch.GetAutocastType(this.device);
        LibTorch.EnterAutocast();
        LibTorch.SetAutocastEnabled(this.device, type is null ? (byte)0 : (byte)1);
        if (type is { } wanted)
        {
            LibTorch.SetAutocastType(this.device, (sbyte)wanted);
        }
    }

    /// <summary>Leaves it.</summary>
    /// <exception cref="InvalidOperationException">On another thread than it was entered on.</exception>
    public void Dispose()
    {
        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "Autocast was left on another thread than it was entered on: do not await inside it."
            );
        }

        if (Interlocked.Exchange(ref left, 1) == 0)
        {
            if (LibTorch.LeaveAutocast() == 0)
            {
                LibTorch.ClearAutocastCache();
            }

            LibTorch.SetAutocastEnabled(device, wasEnabled);
            LibTorch.SetAutocastType(device, oldType);
        }
    }

    /// <summary>Whether operators on the CPU run in a smaller type on this thread now.</summary>
    internal static bool IsOnForCpu => LibTorch.IsAutocastEnabled((sbyte)DeviceType.CPU) != 0;

    /// <summary>The type that they run in then.</summary>
    internal static ScalarType TypeForCpu => (ScalarType)LibTorch.GetAutocastType((sbyte)DeviceType.CPU);

    /// <summary>Throws where a device has no autocast to a type; null asks for none.</summary>
    /// <exception cref="TResNetException">It has not; the message says what to take instead.</exception>
    internal static void Require(Device device, ScalarType? type)
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
