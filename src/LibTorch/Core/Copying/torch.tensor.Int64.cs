// torch.tensor for C#'s long, with TorchSharp's overloads.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of no dimensions.</summary>
    public static Tensor tensor(
        long scalar,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<long>([scalar], [], dtype, device, requires_grad);

    /// <summary>A copy of an array.</summary>
    public static Tensor tensor(
        long[] dataArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(dataArray, [dataArray.Length], dtype, device, requires_grad);

    /// <summary>A copy of an array, in a shape.</summary>
    public static Tensor tensor(
        long[] dataArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(dataArray, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of a list.</summary>
    public static Tensor tensor(
        IList<long> rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [rawArray.Count], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<long> rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, dimensions, dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<long> rawArray,
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [rows, columns], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<long> rawArray,
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost(rawArray, [dim0, dim1, dim2], dtype, device, requires_grad);

    /// <summary>A copy of a list, in a shape.</summary>
    public static Tensor tensor(
        IList<long> rawArray,
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
        long[,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<long>(rawArray, dtype, device, requires_grad);

    /// <summary>A copy of an array, in its shape.</summary>
    public static Tensor tensor(
        long[,,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<long>(rawArray, dtype, device, requires_grad);

    /// <summary>A copy of an array, in its shape.</summary>
    public static Tensor tensor(
        long[,,,] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromHost<long>(rawArray, dtype, device, requires_grad);
}
