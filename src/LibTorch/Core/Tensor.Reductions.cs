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

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Operators.mean.Call(this);

        /// <summary>Means along dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Operators.meanDim.Call(this, dimensions, keepdim, Arg.OptionalType(type));

        /// <summary>The product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => Operators.prod.Call(this, Arg.OptionalType(type));

        /// <summary>The standard deviation of all elements.</summary>
        public Tensor std(bool unbiased = true) => Operators.std.Call(this, unbiased);

        /// <summary>Standard deviations along dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Operators.stdDim.Call(this, dimensions, unbiased, keepdim);

        /// <summary>The variance of all elements.</summary>
        public Tensor var(bool unbiased = true) => Operators.var.Call(this, unbiased);

        /// <summary>Variances along dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Operators.varDim.Call(this, dimensions, unbiased, keepdim);

        /// <summary>The largest element.</summary>
        public Tensor max() => Operators.max.Call(this);

        /// <summary>The smallest element.</summary>
        public Tensor min() => Operators.min.Call(this);

        /// <summary>The largest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Pair(Operators.maxDim.CallMany(this, dim, keepdim));

        /// <summary>The smallest elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            Pair(Operators.minDim.CallMany(this, dim, keepdim));

        /// <summary>The largest elements along dimensions.</summary>
        public Tensor amax(long[] dims, bool keepdim = false) => Operators.amax.Call(this, dims, keepdim);

        /// <summary>The smallest elements along dimensions.</summary>
        public Tensor amin(long[] dims, bool keepdim = false) => Operators.amin.Call(this, dims, keepdim);

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

        /// <summary>True if an element is not zero.</summary>
        public Tensor any() => Operators.any.Call(this);

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(double p = 2) => Operators.norm.Call(this, p);

        /// <summary>Running sums along a dimension.</summary>
        public Tensor cumsum(long dim) => Operators.cumsum.Call(this, dim);

        /// <summary>log(sum(exp(x))) along a dimension, without overflow.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) =>
            Operators.logsumexp.Call(this, new[] { dim }, keepdim);

        /// <summary>How many elements are not zero.</summary>
        public Tensor count_nonzero() => Operators.count_nonzero.Call(this);

        /// <summary>How often each of 0, 1, 2, ... stands in a tensor of non-negative integers.</summary>
        public Tensor bincount(Tensor? weights = null, long minlength = 0) =>
            Operators.bincount.Call(this, weights, minlength);

        /// <summary>The indices of the elements that are not zero, one row each.</summary>
        public Tensor nonzero() => Operators.nonzero.Call(this);

        /// <summary>The median of all elements.</summary>
        public Tensor median() => Operators.median.Call(this);

        /// <summary>The k largest (or smallest) elements along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Pair(Operators.topk.CallMany(this, k, dim, largest, sorted));

        /// <summary>The elements in order along a dimension, and where they were.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false) =>
            Pair(Operators.sort.CallMany(this, dim, descending));

        /// <summary>The order of the elements along a dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Operators.argsort.Call(this, dim, descending);

        /// <summary>True if shape and elements are the same.</summary>
        public bool Equals(Tensor target) => Operators.equal.CallScalar(this, target).ToBoolean();

        /// <summary>True if shape and elements are the same.</summary>
        public bool equal(Tensor target) => Equals(target);

        /// <summary>True if |self - target| is at most atol + rtol * |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Operators.allclose.CallScalar(this, target, rtol, atol, equal_nan).ToBoolean();

        private static (Tensor, Tensor) Pair(Tensor[] results) => (results[0], results[1]);
    }
}
