using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) and the activation behind it, as one operator: fewer passes over the map, and in
/// training the same bytes kept for backward as by batch normalisation alone. Where processes share their statistics (<see cref="SharedStatistics"/>),
/// those of a batch are of all their images.
/// </summary>
internal static unsafe class BatchNormAct
{
    private const string Name = "batch normalisation with its activation";

    /// <summary>Computes it.</summary>
    /// <param name="x">[N, C, ...] in float32, float64 or bfloat16.</param>
    /// <param name="parts">Parameters, of which the weight counts as it is, and running statistics, which change in training.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="slope">Of a leaky ReLU.</param>
    /// <param name="training">Whether to use the batch's statistics.</param>
    /// <returns>Null where it has to be two operators: on a GPU, with other activations, one value a channel in training, where evaluation
    /// needs gradients, and without the native kernels.</returns>
    public static Tensor? Apply(Tensor x, NormParts parts, KernelActivation activation, double slope, bool training)
    {
        var has = activation is KernelActivation.Identity or KernelActivation.ReLU or KernelActivation.LeakyReLU;
        if (!has || !NativeKernels.Available || !FeatureMaps.Take(x) || !parts.Fit(x.shape[1]))
        {
            return null;
        }

        var isWanted = AutogradNode.IsWanted(x, parts.Weight, parts.Bias);
        var fits = training
            ? (x.numel() > x.shape[1] || SharedStatistics.AreUsed) && (!isWanted || AutogradSupport.Available)
            : !is_grad_enabled() && parts.RunningMean is not null;
        if (!fits)
        {
            return null;
        }

        var options = new BatchNormOptions
        {
            Momentum = parts.Momentum,
            Epsilon = parts.Epsilon,
            Slope = slope,
            Activation = activation,
        };
        NativeKernels.Enter();
        return isWanted ? Node.Record(x, parts, options) : Compute(x, parts, options, training, null);
    }

    private static Tensor Compute(
        Tensor x,
        NormParts parts,
        in BatchNormOptions options,
        bool training,
        double[]? statistics
    )
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var from = FeatureMaps.Dense(x);
        var to = empty_like(from);
        var (source, target) = (FeatureMaps.Of(from), FeatureMaps.Of(to));
        var (weight, bias) = (KernelVector.Of(parts.Weight), KernelVector.Of(parts.Bias));
        var (mean, variance) = (KernelVector.Of(parts.RunningMean), KernelVector.Of(parts.RunningVariance));
        fixed (double* s = statistics)
        {
            SharedStatistics.Check(
                training
                    ? NativeKernels.tresnet_bn_forward(source, target, weight, bias, mean, variance, options, s)
                    : NativeKernels.tresnet_bn_evaluate(source, target, weight, bias, mean, variance, options),
                Name
            );
        }

        return to.MoveToOuterDisposeScope();
    }

    // Of libtorch's operators: where a gradient is itself differentiated.
    private static Tensor Composed(Tensor x, Tensor weight, Tensor bias, in BatchNormOptions options)
    {
        var y = nn.functional.batch_norm(x, null, null, weight, bias, true, 0, options.Epsilon);
        return options.Activation switch
        {
            KernelActivation.ReLU => y.relu(),
            KernelActivation.LeakyReLU => nn.functional.leaky_relu(y, options.Slope),
            _ => y,
        };
    }

    private sealed class Node : AutogradNode
    {
        private readonly BatchNormOptions options;
        private readonly double[] statistics;
        private readonly bool isShared;
        private Saved[] saved = [];

        private Node(Tensor x, NormParts parts, BatchNormOptions options)
            : base(x, parts.Weight, parts.Bias)
        {
            this.options = options;
            statistics = new double[2 * ShapeOf(0)[1] + 1];
            isShared = SharedStatistics.AreUsed;
        }

        public static Tensor Record(Tensor x, NormParts parts, BatchNormOptions options)
        {
            using var node = new Node(x, parts, options);
            var z = node.Attach(Compute(x, parts, options, true, node.statistics));
            node.saved = [node.Save(x), node.Save(parts.Weight), node.Save(parts.Bias)];
            return z;
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            var (x, w, b) = (saved[0].Get(), saved[1].Get(), saved[2].Get());
            if (is_grad_enabled())
            {
                if (isShared)
                {
                    throw SyncBatchNorm.NoSecondDerivative();
                }

                Again([x, w, b], gradients[0]!, results);
                return;
            }

            NativeKernels.Enter();
            x = FeatureMaps.Dense(x);
            var dz = FeatureMaps.DenseAs(x, gradients[0]!);
            var dx = empty_like(x);
            var (dw, db) = (empty_like(w), empty_like(b));
            fixed (double* s = statistics)
            {
                SharedStatistics.Check(
                    NativeKernels.tresnet_bn_backward(
                        FeatureMaps.Of(x),
                        FeatureMaps.Of(dz),
                        FeatureMaps.Of(dx),
                        KernelVector.Of(w),
                        KernelVector.Of(b),
                        KernelVector.Of(dw),
                        KernelVector.Of(db),
                        options,
                        s
                    ),
                    Name
                );
            }

            (results[0], results[1], results[2]) = (dx, dw, db);
        }

        private void Again(Tensor[] inputs, Tensor dz, Tensor?[] results)
        {
            int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].requires_grad)];
            var z = Composed(inputs[0], inputs[1], inputs[2], options);
            var found = autograd.grad(
                [z],
                [.. wanted.Select(i => inputs[i])],
                [dz],
                retain_graph: true,
                create_graph: true
            );
            for (var i = 0; i < wanted.Length; i++)
            {
                results[wanted[i]] = found[i];
            }
        }
    }
}
