// Losses, as functions, and the one-hot encoding of labels.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private const long IgnoreNothing = -100;
            private static readonly Operator CrossEntropyOp = new("aten::cross_entropy_loss");
            private static readonly Operator NllLossOp = new("aten::nll_loss_nd");
            private static readonly Operator MseLossOp = new("aten::mse_loss");
            private static readonly Operator L1LossOp = new("aten::l1_loss");
            private static readonly Operator SmoothL1LossOp = new("aten::smooth_l1_loss");
            private static readonly Operator BinaryCrossEntropyOp = new("aten::binary_cross_entropy");
            private static readonly Operator BinaryCrossEntropyWithLogitsOp = new(
                "aten::binary_cross_entropy_with_logits"
            );
            private static readonly Operator OneHotOp = new("aten::one_hot");

            /// <summary>
            /// <c>-sum_c q_c log softmax(input)_c</c> per sample, where q puts <c>1 - label_smoothing</c> on the target and
            /// spreads <c>label_smoothing</c> evenly over all classes.
            /// </summary>
            /// <param name="input">Logits, [N, C] or [N, C, ...].</param>
            /// <param name="target">Class numbers (Int64), [N] or [N, ...]; or probabilities of the input's shape.</param>
            /// <param name="weight">A weight per class, [C], or null.</param>
            /// <param name="ignore_index">A target that counts for nothing.</param>
            /// <param name="reduction">What becomes of the losses of the samples; their mean by default.</param>
            /// <param name="label_smoothing">How much of the target to spread over all classes, 0 to 1.</param>
            /// <returns>One number, or [N, ...] without reduction.</returns>
            public static Tensor cross_entropy(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                long ignore_index = IgnoreNothing,
                Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0
            ) => CrossEntropyOp.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary><c>-input[target]</c> per sample: the cross entropy of logarithms of probabilities.</summary>
            /// <param name="input">Logarithms of probabilities, [N, C] or [N, C, ...].</param>
            /// <param name="target">Class numbers (Int64), [N] or [N, ...].</param>
            /// <param name="weight">A weight per class, [C], or null.</param>
            /// <param name="reduction">What becomes of the losses of the samples; their mean by default.</param>
            /// <returns>One number, or [N, ...] without reduction.</returns>
            public static Tensor nll_loss(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                Reduction reduction = Reduction.Mean
            ) => NllLossOp.Call(input, target, weight, (long)reduction);

            /// <summary><c>(input - target)^2</c> per element.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="target">The same shape.</param>
            /// <param name="reduction">What becomes of the losses of the elements; their mean by default.</param>
            /// <returns>One number, or the input's shape without reduction.</returns>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                MseLossOp.Call(input, target, (long)reduction);

            /// <summary><c>|input - target|</c> per element.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="target">The same shape.</param>
            /// <param name="reduction">What becomes of the losses of the elements; their mean by default.</param>
            /// <returns>One number, or the input's shape without reduction.</returns>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                L1LossOp.Call(input, target, (long)reduction);

            /// <summary><c>d^2 / (2 beta)</c> where <c>d = |input - target|</c> is below beta, <c>d - beta / 2</c> elsewhere.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="target">The same shape.</param>
            /// <param name="reduction">What becomes of the losses of the elements; their mean by default.</param>
            /// <param name="beta">Where the square goes over into the line, above 0.</param>
            /// <returns>One number, or the input's shape without reduction.</returns>
            public static Tensor smooth_l1_loss(
                Tensor input,
                Tensor target,
                Reduction reduction = Reduction.Mean,
                double beta = 1.0
            ) => SmoothL1LossOp.Call(input, target, (long)reduction, beta);

            /// <summary><c>-(y log p + (1 - y) log(1 - p))</c> per element.</summary>
            /// <param name="input">Probabilities, any shape.</param>
            /// <param name="target">0 to 1, the same shape.</param>
            /// <param name="weight">A weight per element (broadcast), or null.</param>
            /// <param name="reduction">What becomes of the losses of the elements; their mean by default.</param>
            /// <returns>One number, or the input's shape without reduction.</returns>
            public static Tensor binary_cross_entropy(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                Reduction reduction = Reduction.Mean
            ) => BinaryCrossEntropyOp.Call(input, target, weight, (long)reduction);

            /// <summary>The binary cross entropy of sigmoids, computed without overflow.</summary>
            /// <param name="input">Logits, any shape.</param>
            /// <param name="target">0 to 1, the same shape.</param>
            /// <param name="weight">A weight per element (broadcast), or null.</param>
            /// <param name="reduction">What becomes of the losses of the elements; their mean by default.</param>
            /// <param name="pos_weights">A weight of the positive term per class (broadcast), or null.</param>
            /// <returns>One number, or the input's shape without reduction.</returns>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                Reduction reduction = Reduction.Mean,
                Tensor? pos_weights = null
            ) => BinaryCrossEntropyWithLogitsOp.Call(input, target, weight, pos_weights, (long)reduction);

            /// <summary>Class numbers as rows with a single one.</summary>
            /// <param name="x">Class numbers (Int64), any shape.</param>
            /// <param name="num_classes">The length of a row; by default one more than the largest number.</param>
            /// <returns>Int64, the input's shape and a last dimension of num_classes.</returns>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => OneHotOp.Call(x, num_classes);
        }
    }
}
