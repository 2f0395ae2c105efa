using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Operators.sum.Call(this, Arg.OptionalType(type));

        /// <summary>Sums along dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Operators.sumDim.Call(this, dim, keepdim, Arg.OptionalType(type));

        /// <summary>Sums along a dimension.</summary>
        /// <remarks>Beside the overload for <see cref="long"/>, because C# would take the literal 0 for a <see cref="ScalarType"/>.</remarks>
        public Tensor sum(int dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>Sums along a dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>Sums along two dimensions.</summary>
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) =>
            sum([dim0, dim1], keepdim, type);

        /// <summary>Sums along three dimensions.</summary>
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) =>
            sum([dim0, dim1, dim2], keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Operators.mean.Call(this);

        /// <summary>Means along dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Operators.meanDim.Call(this, dimensions, keepdim, Arg.OptionalType(type));

        /// <summary>The product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => Operators.prod.Call(this, Arg.OptionalType(type));

        /// <summary>Products along a dimension.</summary>
        /// <remarks>Beside the overload for <see cref="long"/>, because C# would take the literal 0 for a <see cref="ScalarType"/>.</remarks>
        public Tensor prod(int dim, bool keepdim = false, ScalarType? type = null) => prod((long)dim, keepdim, type);

        /// <summary>Products along a dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) =>
            Operators.prodDim.Call(this, dim, keepdim, Arg.OptionalType(type));

        /// <summary>The standard deviation of all elements.</summary>
        public Tensor std(bool unbiased = true) => Operators.std.Call(this, unbiased);

        /// <summary>Standard deviations along dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Operators.stdDim.Call(this, dimensions, unbiased, keepdim), type);

        /// <summary>Standard deviations along a dimension.</summary>
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std([dim], unbiased, keepdim, type);

        /// <summary>The variance of all elements.</summary>
        public Tensor var(bool unbiased = true) => Operators.var.Call(this, unbiased);

        /// <summary>Variances along dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Operators.varDim.Call(this, dimensions, unbiased, keepdim), type);

        /// <summary>Variances along a dimension.</summary>
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var([dim], unbiased, keepdim, type);

        /// <summary>The largest element.</summary>
        public Tensor max() => Operators.max.Call(this);

        /// <summary>The smallest element.</summary>
        public Tensor min() => Operators.min.Call(this);

        /// <summary>The larger of each pair.</summary>
        public Tensor max(Tensor other) => Operators.maximum.Call(this, other);

        /// <summary>The smaller of each pair.</summary>
        public Tensor min(Tensor other) => Operators.minimum.Call(this, other);

        /// <summary>The largest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Pair(Operators.maxDim.CallMany(this, dim, keepdim));

        /// <summary>The smallest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            Pair(Operators.minDim.CallMany(this, dim, keepdim));

        /// <summary>The largest elements along dimensions.</summary>
        public Tensor amax(long[] dims, bool keepdim = false) => Operators.amax.Call(this, dims, keepdim);

        /// <summary>The largest elements along dimensions.</summary>
        public Tensor amax(params long[] dims) => amax(dims, false);

        /// <summary>The smallest elements along dimensions.</summary>
        public Tensor amin(long[] dims, bool keepdim = false) => Operators.amin.Call(this, dims, keepdim);

        /// <summary>The smallest elements along dimensions.</summary>
        public Tensor amin(params long[] dims) => amin(dims, false);

        /// <summary>The row-major index of the largest element.</summary>
        public Tensor argmax() => Operators.argmax.Call(this);

        /// <summary>The indices of the largest elements along a dimension.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Operators.argmax.Call(this, dim, keepdim);

        /// <summary>The row-major index of the smallest element.</summary>
        public Tensor argmin() => Operators.argmin.Call(this);

        /// <summary>The indices of the smallest elements along a dimension.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Operators.argmin.Call(this, dim, keepdim);

        /// <summary>True if no element is zero.</summary>
        public Tensor all() => Operators.all.Call(this);

        /// <summary>True where no element along a dimension is zero.</summary>
        public Tensor all(long dim, bool keepdim = false) => Operators.allDim.Call(this, dim, keepdim);

        /// <summary>True if an element is not zero.</summary>
        public Tensor any() => Operators.any.Call(this);

        /// <summary>True where an element along a dimension is not zero.</summary>
        public Tensor any(long dim, bool keepdim = false) => Operators.anyDim.Call(this, dim, keepdim);

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2) => Operators.norm.Call(this, p);

        /// <summary>The p-norms along a dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2) =>
            Operators.normDim.Call(this, p, new[] { (long)dim }, keepdim);

        /// <summary>Running sums along a dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) =>
            Operators.cumsum.Call(this, dim, Arg.OptionalType(type));

        /// <summary>log(sum(exp(x))) along a dimension, without overflow.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) =>
            Operators.logsumexp.Call(this, new[] { dim }, keepdim);

        /// <summary>How many elements are not zero: of all, or along dimensions.</summary>
        public Tensor count_nonzero(long[]? dims = null) =>
            dims is null ? Operators.count_nonzero.Call(this) : Operators.count_nonzeroDims.Call(this, dims);

        /// <summary>How often each of 0, 1, 2, ... stands in a tensor of non-negative integers.</summary>
        public Tensor bincount(Tensor? weights, long minlength = 0) =>
            Operators.bincount.Call(this, weights, minlength);

        /// <summary>The indices of the elements that are not zero, one row each.</summary>
        public Tensor nonzero() => Operators.nonzero.Call(this);

        /// <summary>The median of all elements.</summary>
        public Tensor median() => Operators.median.Call(this);

        /// <summary>The k largest (or smallest) elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Pair(Operators.topk.CallMany(this, k, dim, largest, sorted));

        /// <summary>The elements in order along a dimension, and where they were.</summary>
        /// <param name="dim">The dimension.</param>
        /// <param name="descending">The largest first.</param>
        /// <param name="stable">Equal elements stay in their order.</param>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Pair(Operators.sort.CallMany(this, stable, dim, descending));

        /// <summary>The order of the elements along a dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Operators.argsort.Call(this, dim, descending);

        /// <summary>True if shape and elements are the same.</summary>
        public bool Equals(Tensor target) => Operators.equal.CallScalar(this, target).ToBoolean();

        /// <summary>True where the elements are the same: <see cref="eq(Tensor)"/>, as in TorchSharp.</summary>
        public Tensor equal(Tensor target) => eq(target);

        /// <summary>True if |self - target| is at most atol + rtol * |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Operators.allclose.CallScalar(this, target, rtol, atol, equal_nan).ToBoolean();

        private static Tensor Typed(Tensor value, ScalarType? type) =>
            type is { } wanted ? value.to(wanted, disposeAfter: wanted != value.dtype) : value;

        private static (Tensor, Tensor) Pair(Tensor[] results) => (results[0], results[1]);
    }
}
