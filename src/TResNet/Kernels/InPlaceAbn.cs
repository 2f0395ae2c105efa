using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// In-place ABN (Rota Bulo et al., arXiv 1712.02616; arXiv 2003.13630, section 2.3): f(g (x - mean) / sqrt(variance + eps) + bias) with g = |weight| + eps.
/// In training, backward gets the result, the statistics and the parameters, and no other tensor of the input's size: f and the affine part are
/// inverted there. A channel whose inversion would lose digits keeps its input. In evaluation, one pass.
/// </summary>
internal static unsafe class InPlaceAbn
{
    private const string Name = "in-place ABN";

    [ThreadStatic]
    private static long keptChannels;

    /// <summary>For tests: how many channels of this thread's last forward kept their input.</summary>
    public static long KeptChannels => keptChannels;

    /// <summary>Computes it.</summary>
    /// <param name="x">[N, C, ...] in float32, float64 or bfloat16.</param>
    /// <param name="parts">Parameters and running statistics; the latter change in training.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="slope">Of a leaky ReLU.</param>
    /// <param name="training">Whether to use the batch's statistics.</param>
    /// <param name="inPlace">Whether the result may take the input's place.</param>
    /// <returns>Null where it has to be batch normalisation and activation: on a GPU, with activations that cannot be inverted, where evaluation
    /// needs gradients, and without the native kernels.</returns>
    public static Tensor? Apply(
        Tensor x,
        NormParts parts,
        KernelActivation activation,
        double slope,
        bool training,
        bool inPlace
    )
    {
        var inverts =
            activation is KernelActivation.Identity or KernelActivation.ELU
            || (activation == KernelActivation.LeakyReLU && slope > 0);
        if (!inverts || !NativeKernels.Available || !FeatureMaps.Take(x) || !parts.Fit(x.shape[1]))
        {
            return null;
        }

        var isWanted = AutogradNode.IsWanted(x, parts.Weight, parts.Bias);
        if (training ? isWanted && !AutogradSupport.Available : is_grad_enabled() || parts.RunningMean is null)
        {
            return null;
        }

        var options = new AbnOptions
        {
            Momentum = parts.Momentum,
            Epsilon = parts.Epsilon,
            WeightEpsilon = parts.WeightEpsilon ?? 0,
            Slope = slope,
            HasWeightEpsilon = parts.WeightEpsilon is null ? 0 : 1,
            Activation = activation,
        };
        NativeKernels.Enter();
        var replaces = inPlace && !(x.requires_grad && x.is_leaf) && FeatureMaps.IsDense(x);
        return isWanted ? Node.Record(x, parts, options, replaces) : Compute(x, parts, options, training, replaces);
    }

    private static Tensor Compute(Tensor x, NormParts parts, in AbnOptions options, bool training, bool replaces)
    {
        using var scope = NewDisposeScope();
        var from = FeatureMaps.Dense(x);
        var to = replaces ? Alias(x) : empty_like(from);
        Run(from, to, parts, options, training, null);
        if (replaces)
        {
            Versions.Bump(x);
        }

        return to.MoveToOuterDisposeScope();
    }

    // The same tensor, which has to be freed once more.
    private static Tensor Alias(Tensor x) => Tensor.UnsafeCreateTensor(Operator.NewHandle(x));

    private static void Run(Tensor from, Tensor to, NormParts parts, in AbnOptions options, bool training, nint* kept)
    {
        var (x, z) = (FeatureMaps.Of(from), FeatureMaps.Of(to));
        var (weight, bias) = (KernelVector.Of(parts.Weight), KernelVector.Of(parts.Bias));
        var (mean, variance) = (KernelVector.Of(parts.RunningMean), KernelVector.Of(parts.RunningVariance));
        SharedStatistics.Check(
            training
                ? NativeKernels.tresnet_abn_forward(x, z, weight, bias, mean, variance, options, kept)
                : NativeKernels.tresnet_abn_evaluate(x, z, weight, bias, mean, variance, options),
            Name
        );
    }

    private sealed class Node : AutogradNode
    {
        private readonly AbnOptions options;
        private nint kept;
        private Saved? result;
        private Saved? weight;
        private Saved? bias;

        private Node(Tensor x, NormParts parts, AbnOptions options)
            : base(x, parts.Weight, parts.Bias) => this.options = options;

        public static Tensor Record(Tensor x, NormParts parts, AbnOptions options, bool replaces)
        {
            using var scope = NewDisposeScope();
            using var node = new Node(x, parts, options);
            var from = FeatureMaps.Dense(x);
            Tensor to;
            using (no_grad())
            {
                to = replaces ? x : empty_like(from);
            }

            nint kept = 0;
            Run(from, to, parts, options, true, &kept);
            node.kept = kept;
            keptChannels = NativeKernels.tresnet_abn_kept_channels(kept);
            var z = node.Attach([to], replaces ? [x] : [])[0];
            node.result = node.Save(z);
            node.weight = node.Save(parts.Weight);
            node.bias = node.Save(parts.Bias);
            return z.MoveToOuterDisposeScope();
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            if (is_grad_enabled())
            {
                throw new NotSupportedException(
                    "in-place ABN has no second derivative; use norm=bn where create_graph is needed"
                );
            }

            NativeKernels.Enter();
            var z = result!.Get();
            var (w, b) = (weight!.Get(), bias!.Get());
            var dz = FeatureMaps.DenseAs(z, gradients[0]!);
            var dx = empty_like(z);
            var (dw, db) = (empty_like(w), empty_like(b));
            SharedStatistics.Check(
                NativeKernels.tresnet_abn_backward(
                    FeatureMaps.Of(z),
                    FeatureMaps.Of(dz),
                    FeatureMaps.Of(dx),
                    KernelVector.Of(w),
                    KernelVector.Of(b),
                    KernelVector.Of(dw),
                    KernelVector.Of(db),
                    options,
                    kept
                ),
                Name
            );
            (results[0], results[1], results[2]) = (dx, dw, db);
        }

        protected override void Release()
        {
            NativeKernels.tresnet_abn_kept_free(kept);
            kept = 0;
        }
    }
}
