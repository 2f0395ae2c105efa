// torch.nn.*: normalisation, activations, dropout, reshaping and losses.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Batch normalisation of images, [N, C, H, W].</summary>
        /// <param name="num_features">C, the number of channels.</param>
        /// <param name="eps">What is added to the variance.</param>
        /// <param name="momentum">How much of a batch's statistics goes into the running ones, 0 to 1.</param>
        /// <param name="affine">Whether to scale and offset by learned values.</param>
        /// <param name="track_running_stats">Whether to keep running statistics for evaluation.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static BatchNorm2d BatchNorm2d(
            long num_features,
            double eps = 1e-05,
            double momentum = 0.1,
            bool affine = true,
            bool track_running_stats = true,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

        /// <summary><c>x</c> where positive, <c>negative_slope x</c> elsewhere.</summary>
        /// <param name="negative_slope">The slope for negative values.</param>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) =>
            new(negative_slope, inplace);

        /// <summary><c>max(x, 0)</c>.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static ReLU ReLU(bool inplace = false) => new(inplace);

        /// <summary><c>x sigmoid(x)</c>, also called swish.</summary>
        public static SiLU SiLU() => new(false);

        /// <summary><c>x sigmoid(x)</c>, also called swish.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static SiLU SiLU(bool inplace) => new(inplace);

        /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
        public static Sigmoid Sigmoid() => new(false);

        /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static Sigmoid Sigmoid(bool inplace) => new(inplace);

        /// <summary><c>x min(max(x + 3, 0), 6) / 6</c>.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static Hardswish Hardswish(bool inplace = false) => new(inplace);

        /// <summary><c>x tanh(log(1 + exp(x)))</c>.</summary>
        public static Mish Mish() => new(false);

        /// <summary><c>x tanh(log(1 + exp(x)))</c>.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static Mish Mish(bool inplace) => new(inplace);

        /// <summary><c>x P(X &lt;= x)</c> for a standard normal X.</summary>
        public static GELU GELU() => new(false, Modules.GELU.Approximate.none);

        /// <summary><c>x P(X &lt;= x)</c> for a standard normal X.</summary>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static GELU GELU(bool inplace) => new(inplace, Modules.GELU.Approximate.none);

        /// <summary><c>x P(X &lt;= x)</c> for a standard normal X, exactly or by tanh.</summary>
        /// <param name="approximate">How the distribution function is computed.</param>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new(inplace, approximate);

        /// <summary><c>exp(x_i) / sum_j exp(x_j)</c> along a dimension.</summary>
        /// <param name="dim">The dimension that sums to one.</param>
        public static Softmax Softmax(long dim) => new(dim);

        /// <summary>In training mode zeroes elements at random and scales the others by <c>1 / (1 - p)</c>.</summary>
        /// <param name="p">The probability of a zero, 0 to 1.</param>
        /// <param name="inplace">Whether to change the input itself.</param>
        public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>Passes its input on.</summary>
        public static Identity Identity() => new();

        /// <summary>Makes one dimension of several: by default of all but the first.</summary>
        /// <param name="start_dim">The first of the dimensions.</param>
        /// <param name="end_dim">The last of the dimensions.</param>
        public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

        /// <summary>The cross entropy of logits and class numbers. Label smoothing is on the class's constructor.</summary>
        /// <param name="weight">A weight per class, [C], or null.</param>
        /// <param name="ignore_index">A target that counts for nothing, or null.</param>
        /// <param name="reduction">What becomes of the losses of the samples; their mean by default.</param>
        public static CrossEntropyLoss CrossEntropyLoss(
            Tensor? weight = null,
            long? ignore_index = null,
            Reduction reduction = Reduction.Mean
        ) => new(weight, ignore_index, reduction);
    }
}
