using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// The mean of each 2x2 window with stride 2, where what hangs over an odd border is left out. Backward needs the input's sizes alone; libtorch's keeps all
/// of it, among it sums that would be made again.
/// </summary>
internal static class AveragePooling
{
    private const int Side = 2;
    private static readonly Operator BackwardOp = new("aten::avg_pool2d_backward");

    /// <summary>Maps [N, C, H, W] to [N, C, ceil(H/2), ceil(W/2)].</summary>
    public static Tensor Apply(Tensor x) =>
        AutogradNode.IsWanted(x) && AutogradSupport.Takes(x) ? Node.Record(x) : Pool(x);

    private static Tensor Pool(Tensor x) =>
        nn.functional.avg_pool2d(x, Side, stride: Side, ceil_mode: true, count_include_pad: false);

    private sealed class Node : AutogradNode
    {
        private readonly ScalarType type;
        private readonly long[] strides;

        private Node(Tensor x)
            : base(x)
        {
            type = x.dtype;
            strides = x.stride();
        }

        public static Tensor Record(Tensor x)
        {
            using var node = new Node(x);
            Tensor pooled;
            using (no_grad())
            {
                pooled = Pool(x);
            }

            return node.Attach(pooled);
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            long[] side = [Side, Side],
                none = [0, 0];
            var x = empty_strided(ShapeOf(0), strides, type);
            results[0] = BackwardOp.Call(gradients[0]!, x, side, side, none, true, false, Argument.None);
        }
    }
}
