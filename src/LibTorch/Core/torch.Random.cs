using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Evenly distributed over [0, 1).</summary>
    public static Tensor rand(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => Make(Operators.rand, requires_grad, size, generator, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Evenly distributed over [0, 1).</summary>
    public static Tensor rand(
        long size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => rand([size], dtype, device, requires_grad, generator);

    /// <summary>Evenly distributed over [0, 1).</summary>
    public static Tensor rand(
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => rand([rows, columns], dtype, device, requires_grad, generator);

    /// <summary>Evenly distributed over [0, 1).</summary>
    public static Tensor rand(
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => rand([dim0, dim1, dim2], dtype, device, requires_grad, generator);

    /// <summary>Evenly distributed over [0, 1).</summary>
    public static Tensor rand(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => rand([dim0, dim1, dim2, dim3], dtype, device, requires_grad, generator);

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static Tensor randn(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => Make(Operators.randn, requires_grad, size, generator, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static Tensor randn(
        long size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => randn([size], dtype, device, requires_grad, generator);

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static Tensor randn(
        long rows,
        long columns,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => randn([rows, columns], dtype, device, requires_grad, generator);

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static Tensor randn(
        long dim0,
        long dim1,
        long dim2,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => randn([dim0, dim1, dim2], dtype, device, requires_grad, generator);

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    public static Tensor randn(
        long dim0,
        long dim1,
        long dim2,
        long dim3,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => randn([dim0, dim1, dim2, dim3], dtype, device, requires_grad, generator);

    /// <summary>Evenly distributed over [0, 1) in the shape of another tensor.</summary>
    public static Tensor rand_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.rand_like, requires_grad, input, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>Normally distributed in the shape of another tensor.</summary>
    public static Tensor randn_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Make(Operators.randn_like, requires_grad, input, Arg.OptionalType(dtype), Arg.None, device);

    /// <summary>0 to n - 1 in random order.</summary>
    public static Tensor randperm(
        long n,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => Make(Operators.randperm, requires_grad, n, generator, dtype ?? ScalarType.Int64, Arg.None, device);

    /// <summary>Random integers from low to before high.</summary>
    public static Tensor randint(
        long low,
        long high,
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) =>
        Make(Operators.randint, requires_grad, low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device);

    /// <summary>Random integers from 0 to before high.</summary>
    public static Tensor randint(
        long high,
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null
    ) => randint(0, high, size, dtype, device, requires_grad, generator);
}
