using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The same elements in another shape, without a copy. One length may be -1.</summary>
        public Tensor view(params long[] shape) => Operators.view.Call(this, shape);

        /// <summary>The same elements in another shape, copied where they have to be. One length may be -1.</summary>
        public Tensor reshape(params long[] shape) => Operators.reshape.Call(this, shape);

        /// <summary>Dimensions from start to end as one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) =>
            Operators.flatten.Call(this, start_dim, end_dim);

        /// <summary>The dimensions in another order.</summary>
        public Tensor permute(params long[] permutation) => Operators.permute.Call(this, permutation);

        /// <summary>The dimensions in another order.</summary>
        public Tensor permute(IEnumerable<long> permutation) => permute([.. permutation]);

        /// <summary>Two dimensions exchanged.</summary>
        public Tensor transpose(long dim0, long dim1) => Operators.transpose.Call(this, dim0, dim1);

        /// <summary>A matrix transposed.</summary>
        public Tensor t() => Operators.t.Call(this);

        /// <summary>Without a dimension, if its length is one; null is every dimension.</summary>
        public Tensor squeeze(long? dim = null) =>
            dim is { } d ? Operators.squeeze.Call(this, d) : Operators.squeezeAll.Call(this);

        /// <summary>With a new dimension of length one.</summary>
        public Tensor unsqueeze(long dim) => Operators.unsqueeze.Call(this, dim);

        /// <summary>Dimensions of length one repeated without a copy.</summary>
        public Tensor expand(params long[] sizes) => Operators.expand.Call(this, sizes);

        /// <summary>Dimensions of length one repeated, to the shape of another tensor.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape);

        /// <summary>Copies of the tensor, side by side.</summary>
        public Tensor repeat(params long[] sizes) => Operators.repeat.Call(this, sizes);

        /// <summary>The tensor in row-major order, copied if it is not.</summary>
        public Tensor contiguous() => Operators.contiguous.Call(this);

        /// <summary>A copy.</summary>
        public Tensor clone() => Operators.clone.Call(this);

        /// <summary>The same data without its autograd history.</summary>
        public Tensor detach() => Operators.detach.Call(this);

        /// <summary>One slice of a dimension.</summary>
        public Tensor select(long dim, long index) => Operators.select.Call(this, dim, index);

        /// <summary>A range of a dimension.</summary>
        public Tensor narrow(long dim, long start, long length) => Operators.narrow.Call(this, dim, start, length);

        /// <summary>Every step-th slice of a dimension, from start to before finish.</summary>
        public Tensor slice(long dim, long start, long finish, long step) =>
            Operators.slice.Call(this, dim, start, finish, step);

        /// <summary>The slices of a dimension that the indices name, copied.</summary>
        public Tensor index_select(long dim, Tensor index) => Operators.index_select.Call(this, dim, index);

        /// <summary>One element for each index, along a dimension.</summary>
        public Tensor gather(long dim, Tensor index) => Operators.gather.Call(this, dim, index);

        /// <summary>Writes elements to where the indices say, in place.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Operators.scatter_.Call(this, dim, index, src);

        /// <summary>The elements where the mask is true, as a list.</summary>
        public Tensor masked_select(Tensor mask) => Operators.masked_select.Call(this, mask);

        /// <summary>Elements moved along dimensions; what leaves one end enters the other.</summary>
        public Tensor roll(long[] shifts, long[] dims) => Operators.roll.Call(this, shifts, dims);

        /// <summary>Dimensions reversed.</summary>
        public Tensor flip(params long[] dims) => Operators.flip.Call(this, dims);

        /// <summary>Elements by index tensors or masks; null keeps a dimension.</summary>
        public Tensor index(params Tensor?[] indices) => Operators.indexTensors.Call(this, indices);

        /// <summary>Writes values to where the indices say, in place.</summary>
        public Tensor index_put_(Tensor value, params Tensor?[] indices) =>
            Operators.index_put_.Call(this, indices, value);

        /// <summary>The tensor in that many parts.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => Operators.chunk.CallMany(this, chunks, dim);

        /// <summary>The tensor in parts of that length.</summary>
        public Tensor[] split(long size, int dim = 0) => Operators.split.CallMany(this, size, dim);

        /// <summary>The tensor in parts of those lengths.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => Operators.splitSizes.CallMany(this, sizes, dim);

        /// <summary>The slices of a dimension.</summary>
        public Tensor[] unbind(long dimension = 0) => Operators.unbind.CallMany(this, dimension);

        /// <summary>The matrix product, batched over leading dimensions.</summary>
        public Tensor matmul(Tensor target) => Operators.matmul.Call(this, target);

        /// <summary>The product of two matrices.</summary>
        public Tensor mm(Tensor target) => Operators.mm.Call(this, target);

        /// <summary>The product of two batches of matrices.</summary>
        public Tensor bmm(Tensor batch2) => Operators.bmm.Call(this, batch2);

        /// <summary>The inner product of two vectors.</summary>
        public Tensor dot(Tensor target) => Operators.dot.Call(this, target);
    }
}
