using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>The memory of a tensor on the CPU, without a copy.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>The values of a contiguous float32 tensor on the CPU. The tensor has to outlive the use of them.</summary>
    public static Span<float> Floats(Tensor values)
    {
        var count = values.numel();
        return count == 0 ? [] : new Span<float>((void*)Address(values), checked((int)count));
    }

    /// <summary>The bytes of a contiguous tensor on the CPU. The tensor has to outlive the use of them.</summary>
    public static ReadOnlySpan<byte> Bytes(Tensor values)
    {
        var count = values.numel() * values.ElementSize;
        return count == 0 ? [] : new ReadOnlySpan<byte>((void*)Address(values), checked((int)count));
    }

    /// <summary>Where the first element is.</summary>
    public static nint Address(Tensor tensor)
    {
        aoti_torch_get_data_ptr(tensor.Handle, out var address);
        return address;
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int aoti_torch_get_data_ptr(nint tensor, out nint address);
}
