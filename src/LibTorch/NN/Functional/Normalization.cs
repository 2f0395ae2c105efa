// Batch normalisation, as a function (Ioffe and Szegedy, arXiv 1502.03167).
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator BatchNormOp = new("aten::batch_norm");

            /// <summary>
            /// <c>(x - mean) / sqrt(variance + eps) * weight + bias</c> per channel, with the batch's mean and (biased)
            /// variance in training and the running ones otherwise.
            /// </summary>
            /// <param name="input">[N, C, ...].</param>
            /// <param name="running_mean">[C], or null; changed in place in training.</param>
            /// <param name="running_var">[C], or null; changed in place in training, with the unbiased variance.</param>
            /// <param name="weight">[C]; ones by default.</param>
            /// <param name="bias">[C]; zeros by default.</param>
            /// <param name="training">Whether to use the batch's statistics.</param>
            /// <param name="momentum">How much of the batch's statistics goes into the running ones, 0 to 1.</param>
            /// <param name="eps">What is added to the variance.</param>
            /// <returns>The input's shape.</returns>
            public static Tensor batch_norm(
                Tensor input,
                Tensor? running_mean,
                Tensor? running_var,
                Tensor? weight = null,
                Tensor? bias = null,
                bool training = false,
                double momentum = 0.1,
                double eps = 1e-5
            ) => BatchNormOp.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);
        }
    }
}
