using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) by the statistics of all processes' images (<see cref="SharedStatistics"/>): means and
/// variances are combined by count in forward, and the two sums of the gradient in backward. The gradients of weight and bias stay this process's. By the
/// native kernels (<see cref="BatchNormAct"/>), and without them by TorchSharp's operators.
/// </summary>
internal static class SyncBatchNorm
{
    /// <summary>Normalises a map in training.</summary>
    /// <param name="x">[N, C, ...].</param>
    /// <param name="parts">Parameters and running statistics; the latter change.</param>
    public static Tensor Apply(Tensor x, NormParts parts) =>
        BatchNormAct.Apply(x, parts, KernelActivation.Identity, slope: 1, training: true) ?? Composed(x, parts);

    /// <summary>The same by TorchSharp's operators, without the native kernels.</summary>
    /// <param name="x">[N, C, ...].</param>
    /// <param name="parts">Parameters and running statistics; the latter change.</param>
    internal static Tensor Composed(Tensor x, NormParts parts)
    {
        if (!AutogradNode.IsWanted(x, parts.Weight, parts.Bias))
        {
            return Forward(x, parts).Result;
        }

        return AutogradSupport.Takes(x) ? Node.Record(x, parts) : throw Refusal(x.device);
    }

    /// <summary>Refuses a device that it does not compute on.</summary>
    /// <param name="device">The network's.</param>
    /// <exception cref="TResNetException">It is no processor, or backward cannot be told here what to do.</exception>
    public static void Require(Device device)
    {
        if (device.type != DeviceType.CPU || !AutogradSupport.Available)
        {
            throw Refusal(device);
        }
    }

    /// <summary>Why a second derivative is refused.</summary>
    internal static NotSupportedException NoSecondDerivative() =>
        new(
            "batch normalisation by the statistics of several processes has no second derivative; leave create_graph out"
        );

    private static TResNetException Refusal(Device device) =>
        new(
            $"Statistics of all processes' images (--sync-bn) are for processors ({(device.type == DeviceType.CPU ? AutogradSupport.WhyNot ?? "autograd takes no node of our own here" : $"the network is on {device}")}): leave the option out, or take a network without batch normalisation, such as --set norm=evonorm_s0."
        );

    private static (Tensor Result, Tensor Mean, Tensor Inverse, double Count) Forward(Tensor x, NormParts parts)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (dims, channels, values) = (Others(x), (int)x.shape[1], Wide(x));
        var count = x.numel() / (double)channels;
        var own = values.mean(dims, keepdim: true);
        var mean = own.flatten().to(ScalarType.Float64);
        var squares = (values - own).square().sum(dims, type: ScalarType.Float64) + mean.square() * count;
        var sums = new double[2 * channels + 1];
        (mean * count).data<double>().CopyTo(sums.AsSpan(0, channels));
        squares.data<double>().CopyTo(sums.AsSpan(channels, channels));
        sums[^1] = count;
        SharedStatistics.Add(sums, isBackward: false);
        count = sums[^1];
        mean = tensor(sums[..channels]) / count;
        var variance = (tensor(sums[channels..^1]) / count - mean.square()).clamp_(min: 0.0);
        if (parts is { RunningMean: { } runningMean, RunningVariance: { } runningVariance })
        {
            Follow(runningMean, mean, parts.Momentum);
            Follow(runningVariance, variance * (count / Math.Max(1, count - 1)), parts.Momentum);
        }

        var inverse = (variance + parts.Epsilon).rsqrt();
        var (center, factor) = (Like(mean, x), Like(inverse, x));
        var result = (values - center).mul_(factor * Shaped(parts.Weight, x)).add_(Shaped(parts.Bias, x));
        return (
            result.to(x.dtype).MoveToOuterDisposeScope(),
            center.MoveToOuterDisposeScope(),
            factor.MoveToOuterDisposeScope(),
            count
        );
    }

    private static void Follow(Tensor running, Tensor value, double momentum)
    {
        using Scalar kept = 1 - momentum;
        running.mul_(kept);
        using var share = (value * momentum).to(running.dtype);
        running.add_(share);
    }

    // Normalised in float32 at least, whatever the type of the map.
    private static Tensor Wide(Tensor x) => x.to(WideOf(x));

    private static Tensor Like(Tensor values, Tensor x) => Shaped(values.to(WideOf(x)), x);

    private static ScalarType WideOf(Tensor x) =>
        x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static Tensor Shaped(Tensor values, Tensor x)
    {
        long[] shape = [1, x.shape[1], .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
        return values.view(shape);
    }

    private static long[] Others(Tensor x) => [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(each => (long)each)];

    private sealed class Node : AutogradNode
    {
        private Saved[] saved = [];
        private double count;

        private Node(Tensor x, NormParts parts)
            : base(x, parts.Weight, parts.Bias) { }

        public static Tensor Record(Tensor x, NormParts parts)
        {
            using var scope = NewDisposeScope();
            using var node = new Node(x, parts);
            var (result, mean, inverse, count) = Forward(x, parts);
            var z = node.Attach(result);
            node.saved = [node.Save(x), node.Save(parts.Weight), node.Save(mean), node.Save(inverse)];
            node.count = count;
            return z.MoveToOuterDisposeScope();
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            if (is_grad_enabled())
            {
                throw NoSecondDerivative();
            }

            var (x, weight, mean, inverse) = (saved[0].Get(), saved[1].Get(), saved[2].Get(), saved[3].Get());
            var (dims, channels, dz) = (Others(x), (int)x.shape[1], Wide(gradients[0]!));
            var normal = (Wide(x) - mean).mul_(inverse);
            var own = stack([
                dz.sum(dims, type: ScalarType.Float64),
                (dz * normal).sum(dims, type: ScalarType.Float64),
            ]);
            var sums = own.flatten().data<double>().ToArray();
            SharedStatistics.Add(sums, isBackward: true);
            using Scalar each = 1 / count;
            var shared = tensor(sums, [2, channels]) * each;
            var dx = (dz - Like(shared[0], x)).sub_(normal.mul_(Like(shared[1], x))).mul_(inverse * Shaped(weight, x));
            (results[0], results[1], results[2]) = (dx.to(x.dtype), own[1].to(weight.dtype), own[0].to(weight.dtype));
        }
    }
}
