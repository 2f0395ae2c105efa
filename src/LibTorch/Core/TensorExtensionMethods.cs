// What TorchSharp gives tensors and element types as extension methods.
using static TorchSharp.torch;

namespace TorchSharp;

public static partial class TensorExtensionMethods
{
    /// <summary>Bytes of one element.</summary>
    public static int ElementSize(this ScalarType type) =>
        type switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            ScalarType.ComplexFloat64 => 16,
            _ => 8,
        };

    /// <summary>The values, as PyTorch would print a small tensor: at most three rows and columns from either end.</summary>
    public static string str(this Tensor tensor) => tensor.Print();

    /// <summary>The value of a one-element tensor.</summary>
    public static float ToSingle(this Tensor value) => value.Value.ToSingle();

    /// <summary>The value of a one-element tensor.</summary>
    public static double ToDouble(this Tensor value) => value.Value.ToDouble();

    /// <summary>The value of a one-element tensor.</summary>
    public static long ToInt64(this Tensor value) => value.Value.ToInt64();

    /// <summary>The value of a one-element tensor.</summary>
    public static int ToInt32(this Tensor value) => value.Value.ToInt32();

    /// <summary>The value of a one-element tensor.</summary>
    public static bool ToBoolean(this Tensor value) => value.Value.ToBoolean();
}
