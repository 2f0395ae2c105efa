// Activations, softmax and dropout, as functions. In place, the result is another handle to the input itself.
using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator LeakyReluOp = new("aten::leaky_relu");
            private static readonly Operator LeakyReluInPlace = new("aten::leaky_relu_");
            private static readonly Operator EluOp = new("aten::elu");
            private static readonly Operator EluInPlace = new("aten::elu_");
            private static readonly Operator ReluOp = new("aten::relu");
            private static readonly Operator ReluInPlace = new("aten::relu_");
            private static readonly Operator Relu6Op = new("aten::relu6");
            private static readonly Operator Relu6InPlace = new("aten::relu6_");
            private static readonly Operator SiluOp = new("aten::silu");
            private static readonly Operator SiluInPlace = new("aten::silu_");
            private static readonly Operator SigmoidOp = new("aten::sigmoid");
            private static readonly Operator SigmoidInPlace = new("aten::sigmoid_");
            private static readonly Operator HardswishOp = new("aten::hardswish");
            private static readonly Operator HardswishInPlace = new("aten::hardswish_");
            private static readonly Operator MishOp = new("aten::mish");
            private static readonly Operator MishInPlace = new("aten::mish_");
            private static readonly Operator GeluOp = new("aten::gelu");
            private static readonly Operator GeluInPlace = new("aten::gelu_");
            private static readonly Operator SoftmaxOp = new("aten::softmax", "int");
            private static readonly Operator LogSoftmaxOp = new("aten::log_softmax", "int");
            private static readonly Operator DropoutOp = new("aten::dropout");
            private static readonly Operator DropoutInPlace = new("aten::dropout_");

            /// <summary><c>x</c> where positive, <c>negative_slope x</c> elsewhere.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="negative_slope">The slope for negative values.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                (inplace ? LeakyReluInPlace : LeakyReluOp).Call(input, negative_slope);

            /// <summary><c>x</c> where positive, <c>alpha (exp(x) - 1)</c> elsewhere.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="alpha">What it tends to for negative values, with the sign turned.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                (inplace ? EluInPlace : EluOp).Call(x, alpha);

            /// <summary><c>max(x, 0)</c>.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? ReluInPlace : ReluOp).Call(x);

            /// <summary><c>min(max(x, 0), 6)</c>.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor relu6(Tensor x, bool inplace = false) => (inplace ? Relu6InPlace : Relu6Op).Call(x);

            /// <summary><c>x sigmoid(x)</c>, also called swish.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? SiluInPlace : SiluOp).Call(x);

            /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor sigmoid(Tensor x, bool inplace) => (inplace ? SigmoidInPlace : SigmoidOp).Call(x);

            /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
            /// <param name="x">Any shape.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor sigmoid(Tensor x) => sigmoid(x, false);

            /// <summary><c>x min(max(x + 3, 0), 6) / 6</c>.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor hardswish(Tensor input, bool inplace = false) =>
                (inplace ? HardswishInPlace : HardswishOp).Call(input);

            /// <summary><c>x tanh(log(1 + exp(x)))</c>.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor mish(Tensor x, bool inplace = false) => (inplace ? MishInPlace : MishOp).Call(x);

            /// <summary><c>x P(X &lt;= x)</c> for a standard normal X.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);

            /// <summary><c>x P(X &lt;= x)</c> for a standard normal X, exactly or by tanh.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="approximate">Whether by the tanh approximation.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                (inplace ? GeluInPlace : GeluOp).Call(x, approximate.ToString());

            /// <summary><c>x P(X &lt;= x)</c> for a standard normal X.</summary>
            /// <param name="x">Any shape.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor gelu(Tensor x) => gelu(x, false);

            /// <summary><c>exp(x_i) / sum_j exp(x_j)</c> along a dimension.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="dim">The dimension that sums to one.</param>
            /// <param name="dtype">The type to compute and return in; the input's by default.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                SoftmaxOp.Call(input, dim, Arg.OptionalType(dtype));

            /// <summary>The logarithm of the softmax along a dimension.</summary>
            /// <param name="x">Any shape.</param>
            /// <param name="dim">The dimension whose exponentials sum to one.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor log_softmax(Tensor x, long dim) => LogSoftmaxOp.Call(x, dim);

            /// <summary>Zeroes elements at random and scales the others by <c>1 / (1 - p)</c>; when not training, nothing.</summary>
            /// <param name="input">Any shape.</param>
            /// <param name="p">The probability of a zero, 0 to 1.</param>
            /// <param name="training">Whether to drop at all.</param>
            /// <param name="inplace">Whether to change the input itself.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? DropoutInPlace : DropoutOp).Call(input, p, training);
        }
    }
}
