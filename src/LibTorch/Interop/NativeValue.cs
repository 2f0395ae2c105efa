using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What an argument or result is; <c>tb_tag</c> in native/bridge.h.</summary>
internal enum Tag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    IntList = 6,
    DoubleList = 7,
    BoolList = 8,
    TensorList = 9,
    Device = 10,
    Generator = 11,
    Default = 12,
}

/// <summary>A value as it crosses to the bridge; <c>tb_value</c> in native/bridge.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct NativeValue
{
    [FieldOffset(0)]
    public Tag Tag;

    [FieldOffset(4)]
    public int Size;

    [FieldOffset(8)]
    public long Integer;

    [FieldOffset(8)]
    public double Real;

    [FieldOffset(8)]
    public nint Pointer;

    /// <summary>Of a returned tensor: the bytes of storage that the call allocated.</summary>
    [FieldOffset(16)]
    public long Bytes;
}
