using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>The end of a residual block, max(x + shortcut, 0) (He et al., arXiv 1512.03385, figure 5), in one pass on a CPU.</summary>
internal static class AddReLU
{
    private const string Name = "the sum with its ReLU";

    /// <summary>
    /// max(x + shortcut, 0). On a CPU, backward makes it again from its terms if those are kept, as results of in-place ABN are, unless the shortcut
    /// is itself made again.
    /// </summary>
    public static Tensor Apply(Tensor x, Tensor shortcut)
    {
        if (!AutogradNode.IsWanted(x, shortcut))
        {
            return Compute(x, shortcut);
        }

        return AutogradSupport.Takes(x) && AreAlike(x, shortcut) ? Node.Record(x, shortcut) : Plain(x, shortcut);
    }

    /// <summary>max(x + shortcut, 0) in the place of x, which must not be used afterwards.</summary>
    public static Tensor ApplyInPlace(Tensor x, Tensor shortcut)
    {
        var isWanted = AutogradNode.IsWanted(x, shortcut);
        if (isWanted && AutogradSupport.Takes(x) && AreAlike(x, shortcut) && !(x.requires_grad && x.is_leaf))
        {
            return Node.RecordInPlace(x, shortcut);
        }

        if (isWanted || !Run(x, x, shortcut))
        {
            return x.add_(shortcut, alpha: Scalars.One).relu_();
        }

        Versions.Bump(x);
        return x;
    }

    private static bool AreAlike(Tensor x, Tensor y) => x.dtype == y.dtype && x.shape.AsSpan().SequenceEqual(y.shape);

    private static Tensor Plain(Tensor x, Tensor shortcut)
    {
        using var sum = x + shortcut;
        return sum.relu();
    }

    private static Tensor Compute(Tensor x, Tensor shortcut)
    {
        using var _ = no_grad();
        if (IsSimple(x, shortcut))
        {
            var result = empty_like(x);
            Run(result, x, shortcut);
            return result;
        }

        return (x + shortcut).relu_();
    }

    // In one order of elements, without gaps.
    private static bool IsSimple(Tensor x, Tensor y) =>
        NativeKernels.Available
        && FeatureMaps.Take(x)
        && y.device_type == x.device_type
        && AreAlike(x, y)
        && FeatureMaps.IsDense(x)
        && x.stride().AsSpan().SequenceEqual(y.stride());

    private static bool Run(Tensor into, Tensor x, Tensor y)
    {
        if (!IsSimple(x, y))
        {
            return false;
        }

        NativeKernels.Enter();
        var (to, a, b) = (TensorMemory.Address(into), TensorMemory.Address(x), TensorMemory.Address(y));
        NativeKernels.Check(NativeKernels.tresnet_add_relu(KernelTypes.Of(x.dtype), to, a, b, x.numel()), Name);
        return true;
    }

    private static Tensor Differentiate(Tensor gradient, Tensor result)
    {
        if (is_grad_enabled() || !IsSimple(result, gradient))
        {
            using var zero = zeros([], gradient.dtype);
            return where(result > 0, gradient, zero);
        }

        NativeKernels.Enter();
        var outgoing = empty_like(result);
        var status = NativeKernels.tresnet_relu_backward(
            KernelTypes.Of(result.dtype),
            TensorMemory.Address(outgoing),
            TensorMemory.Address(gradient),
            TensorMemory.Address(result),
            result.numel()
        );
        NativeKernels.Check(status, Name);
        return outgoing;
    }

    private sealed class Node : AutogradNode
    {
        private Recipe? recipe;
        private Saved? result;

        private Node(Tensor x, Tensor shortcut)
            : base(x, shortcut) { }

        public static Tensor Record(Tensor x, Tensor shortcut)
        {
            using var node = new Node(x, shortcut);
            var sum = node.Attach(Compute(x, shortcut));
            // A term that is itself made again would make a chain: every other sum of a tower is kept.
            if (!Recipe.IsKnown(shortcut))
            {
                node.recipe = Recipe.Remember(sum, Again, x, shortcut);
            }

            node.result = node.Save(sum);
            return sum;
        }

        public static Tensor RecordInPlace(Tensor x, Tensor shortcut)
        {
            using var node = new Node(x, shortcut);
            using (no_grad())
            {
                if (!Run(x, x, shortcut))
                {
                    x.add_(shortcut, alpha: Scalars.One).relu_();
                }
            }

            var sum = node.Attach([x], [x])[0];
            node.result = node.Save(sum);
            return sum;
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results) =>
            results[0] = results[1] = Differentiate(gradients[0]!, result!.Get());

        protected override void Release()
        {
            recipe?.Dispose();
            recipe = null;
        }

        private static Tensor Again(Tensor[] terms) =>
            is_grad_enabled() ? Plain(terms[0], terms[1]) : Compute(terms[0], terms[1]);
    }
}
