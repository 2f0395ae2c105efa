using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Zeros in a shape.</summary>
    public static Tensor zeros(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.zeros, requires_grad, size, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Zeros in a shape.</summary>
    public static Tensor zeros(
        long size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => zeros([size], dtype, device, requires_grad);

    /// <summary>Zeros in a shape.</summary>
    public static Tensor zeros(
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => zeros([rows, columns], dtype, device, requires_grad);

    /// <summary>Zeros in a shape.</summary>
    public static Tensor zeros(
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => zeros([dim0, dim1, dim2], dtype, device, requires_grad);

    /// <summary>Zeros in a shape.</summary>
    public static Tensor zeros(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => zeros([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

    /// <summary>Ones in a shape.</summary>
    public static Tensor ones(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.ones, requires_grad, size, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Ones in a shape.</summary>
    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        ones([size], dtype, device, requires_grad);

    /// <summary>Ones in a shape.</summary>
    public static Tensor ones(
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => ones([rows, columns], dtype, device, requires_grad);

    /// <summary>Ones in a shape.</summary>
    public static Tensor ones(
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => ones([dim0, dim1, dim2], dtype, device, requires_grad);

    /// <summary>Ones in a shape.</summary>
    public static Tensor ones(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => ones([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

    /// <summary>A shape whose elements are whatever was in memory.</summary>
    public static Tensor empty(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.empty, requires_grad, size, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>A shape whose elements are whatever was in memory.</summary>
    public static Tensor empty(
        long size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => empty([size], dtype, device, requires_grad);

    /// <summary>A shape whose elements are whatever was in memory.</summary>
    public static Tensor empty(
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => empty([rows, columns], dtype, device, requires_grad);

    /// <summary>A shape whose elements are whatever was in memory.</summary>
    public static Tensor empty(
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => empty([dim0, dim1, dim2], dtype, device, requires_grad);

    /// <summary>A shape whose elements are whatever was in memory.</summary>
    public static Tensor empty(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => empty([dim0, dim1, dim2, dim3], dtype, device, requires_grad);

    /// <summary>One value in a shape.</summary>
    public static Tensor full(
        long[] size,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.full, requires_grad, size, value, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>One value in a shape.</summary>
    public static Tensor full(
        long size,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => full([size], value, dtype, device, requires_grad);

    /// <summary>One value in a shape.</summary>
    public static Tensor full(
        long rows,
        long columns,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => full([rows, columns], value, dtype, device, requires_grad);

    /// <summary>One value in a shape.</summary>
    public static Tensor full(
        long dim0,
        long dim1,
        long dim2,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => full([dim0, dim1, dim2], value, dtype, device, requires_grad);

    /// <summary>One value in a shape.</summary>
    public static Tensor full(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => full([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad);

    /// <summary>Zeros in the shape of another tensor.</summary>
    public static Tensor zeros_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.zeros_like, requires_grad, input, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Ones in the shape of another tensor.</summary>
    public static Tensor ones_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.ones_like, requires_grad, input, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>The shape of another tensor, whatever was in memory.</summary>
    public static Tensor empty_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.empty_like, requires_grad, input, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>One value in the shape of another tensor.</summary>
    public static Tensor full_like(
        Tensor input,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.full_like, requires_grad, input, value, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>start, start + step, ... before stop.</summary>
    public static Tensor arange(
        Scalar start,
        Scalar stop,
        Scalar step,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.arange, requires_grad, start, stop, step, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>start, start + 1, ... before stop.</summary>
    public static Tensor arange(
        Scalar start,
        Scalar stop,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => arange(start, stop, 1, dtype, device, requires_grad);

    /// <summary>0, 1, ... before stop.</summary>
    public static Tensor arange(
        Scalar stop,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>Evenly spaced values, both ends included.</summary>
    public static Tensor linspace(
        double start,
        double end,
        long steps,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.linspace, requires_grad, start, end, steps, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Ones on the diagonal of a matrix; -1 columns are as many as rows.</summary>
    public static Tensor eye(
        long rows,
        long columns = -1,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) =>
        Make(
            Operators.eye,
            requires_grad,
            rows,
            columns < 0 ? rows : columns,
            Arg.OptionalType(dtype),
            Arg.None,
            device
        );

    /// <summary>Tensors one after another along a dimension they have.</summary>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Operators.cat.Call((Tensor?[])tensors, dim);

    /// <summary>Tensors one after another along a dimension they have.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Operators.cat.Call((Tensor?[])[.. tensors], dim);

    /// <summary>Tensors one after another along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) =>
        Operators.stack.Call((Tensor?[])[.. tensors], dim);

    /// <summary>The matrix product, batched over leading dimensions.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    private static Tensor Make(Operator op, bool requiresGrad, params ReadOnlySpan<Arg> args)
    {
        var result = op.Call(args);
        if (requiresGrad)
        {
            result.requires_grad = true;
        }

        return result;
    }

    private static Tensor FromHost<T>(
        IList<T> values,
        ReadOnlySpan<long> shape,
        ScalarType? dtype,
        Device? device,
        bool requiresGrad
    )
        where T : unmanaged => FromHost(values as T[] ?? [.. values], shape, dtype, device, requiresGrad);

    private static Tensor FromHost<T>(Array values, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged =>
        FromHost(
            (T[])[.. values.Cast<T>()],
            [.. Enumerable.Range(0, values.Rank).Select(values.GetLongLength)],
            dtype,
            device,
            requiresGrad
        );

    private static unsafe Tensor FromHost<T>(
        T[] values,
        ReadOnlySpan<long> shape,
        ScalarType? dtype,
        Device? device,
        bool requiresGrad
    )
        where T : unmanaged
    {
        var count = 1L;
        foreach (var length in shape)
        {
            count *= length;
        }

        if (count != values.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values were given for the shape [{string.Join(", ", shape.ToArray())}], which takes {count}."
            );
        }

        nint handle;
        fixed (T* data = values)
        fixed (long* sizes = shape)
        {
            Check(tb_tensor_from_host(data, sizes, shape.Length, (int)TypeOf<T>(), out handle), nameof(tensor));
        }

        var result = new Tensor(handle, (long)values.Length * sizeof(T));
        if ((dtype is { } type && type != result.dtype) || device is { type: not DeviceType.CPU })
        {
            result = result.to(dtype ?? result.dtype, device ?? CPU, disposeAfter: true);
        }

        if (requiresGrad)
        {
            result.requires_grad = true;
        }

        return result;
    }
}
