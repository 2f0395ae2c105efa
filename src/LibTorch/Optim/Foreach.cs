// libtorch's _foreach_ operators: one call does the same to every tensor of a list.
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Arithmetic on lists of tensors. A name that ends in an underscore changes the first list in place.</summary>
internal static class Foreach
{
    private static readonly Operator AddListInPlace = new("aten::_foreach_add_", "List");
    private static readonly Operator AddList = new("aten::_foreach_add", "List");
    private static readonly Operator AddScalarInPlace = new("aten::_foreach_add_", "Scalar");
    private static readonly Operator MulScalarInPlace = new("aten::_foreach_mul_", "Scalar");
    private static readonly Operator DivScalarInPlace = new("aten::_foreach_div_", "Scalar");
    private static readonly Operator AddCMulInPlace = new("aten::_foreach_addcmul_", "Scalar");
    private static readonly Operator AddCMulList = new("aten::_foreach_addcmul", "Scalar");
    private static readonly Operator AddCDivInPlace = new("aten::_foreach_addcdiv_", "Scalar");
    private static readonly Operator MaximumInPlace = new("aten::_foreach_maximum_", "List");
    private static readonly Operator SqrtList = new("aten::_foreach_sqrt");
    private static readonly Operator SqrtInPlace = new("aten::_foreach_sqrt_");
    private static readonly Operator NegList = new("aten::_foreach_neg");
    private static readonly Operator ZeroInPlace = new("aten::_foreach_zero_");

    /// <summary><c>self + alpha other</c>.</summary>
    public static Tensor[] Add(Tensor[] self, Tensor[] other, double alpha = 1) =>
        InChunks(self.Length, range => AddList.CallMany(self[range], other[range], alpha));

    /// <summary><c>self += alpha other</c>.</summary>
    public static void Add_(Tensor[] self, Tensor[] other, double alpha = 1) =>
        AddListInPlace.CallVoid(self, other, alpha);

    /// <summary><c>self += value</c>.</summary>
    public static void Add_(Tensor[] self, double value) => AddScalarInPlace.CallVoid(self, value);

    /// <summary><c>self *= value</c>.</summary>
    public static void Mul_(Tensor[] self, double value) => MulScalarInPlace.CallVoid(self, value);

    /// <summary><c>self /= value</c>.</summary>
    public static void Div_(Tensor[] self, double value) => DivScalarInPlace.CallVoid(self, value);

    /// <summary><c>self + value a b</c>.</summary>
    public static Tensor[] AddCMul(Tensor[] self, Tensor[] a, Tensor[] b, double value) =>
        InChunks(self.Length, range => AddCMulList.CallMany(self[range], a[range], b[range], value));

    /// <summary><c>self += value a b</c>.</summary>
    public static void AddCMul_(Tensor[] self, Tensor[] a, Tensor[] b, double value) =>
        AddCMulInPlace.CallVoid(self, a, b, value);

    /// <summary><c>self += value a / b</c>.</summary>
    public static void AddCDiv_(Tensor[] self, Tensor[] a, Tensor[] b, double value) =>
        AddCDivInPlace.CallVoid(self, a, b, value);

    /// <summary><c>self = max(self, other)</c>.</summary>
    public static void Maximum_(Tensor[] self, Tensor[] other) => MaximumInPlace.CallVoid(self, other);

    /// <summary>The square roots.</summary>
    public static Tensor[] Sqrt(Tensor[] self) => InChunks(self.Length, range => SqrtList.CallMany((Arg)self[range]));

    /// <summary><c>self = sqrt(self)</c>.</summary>
    public static void Sqrt_(Tensor[] self) => SqrtInPlace.CallVoid((Arg)self);

    /// <summary><c>-self</c>.</summary>
    public static Tensor[] Neg(Tensor[] self) => InChunks(self.Length, range => NegList.CallMany((Arg)self[range]));

    /// <summary>Zeros.</summary>
    public static void Zero_(Tensor[] self) => ZeroInPlace.CallVoid((Arg)self);

    // A call returns at most 512 tensors; large networks have more parameters.
    private static Tensor[] InChunks(int count, Func<Range, Tensor[]> call)
    {
        const int Chunk = 256;
        if (count <= Chunk)
        {
            return call(..count);
        }

        List<Tensor> results = new(count);
        for (int start = 0; start < count; start += Chunk)
        {
            results.AddRange(call(start..Math.Min(start + Chunk, count)));
        }

        return [.. results];
    }
}
