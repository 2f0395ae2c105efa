// torch.tensor for C#'s byte, with TorchSharp's overloads.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of no dimensions.</summary>
    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) =>
        FromHost<byte>([scalar], [], null, device, requires_grad);

    /// <summary>A copy of an array.</summary>
    public static Tensor tensor(
        byte[] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [rawArray.Length], dtype, device, requires_grad);

    /// <summary>A copy of an array, in a shape.</summary>
    public static Tensor tensor(
        byte[] rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of a list.</summary>
    public static Tensor tensor(
        IList<byte> rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [rawArray.Count], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<byte> rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<byte> rawArray,
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [rows, columns], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<byte> rawArray,
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [dim0, dim1, dim2], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<byte> rawArray,
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [dim0, dim1, dim2, dim3], dtype, device, requires_grad);

    /// <summary>A copy of an array, in its shape.</summary>
    public static Tensor tensor(
        byte[,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<byte>(rawArray, dtype, device, requires_grad);

    /// <summary>A copy of an array, in its shape.</summary>
    public static Tensor tensor(
        byte[,,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<byte>(rawArray, dtype, device, requires_grad);

    /// <summary>A copy of an array, in its shape.</summary>
    public static Tensor tensor(
        byte[,,,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<byte>(rawArray, dtype, device, requires_grad);
}
