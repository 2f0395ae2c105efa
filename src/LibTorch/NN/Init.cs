// Initial values of parameters. The random ones draw what PyTorch draws from the same seed.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills tensors with initial values, in place and without recording gradients.</summary>
        public static class init
        {
            private static readonly Operator Uniform = new("aten::uniform_");
            private static readonly Operator Normal = new("aten::normal_");
            private static readonly Operator Erf = new("aten::erf");
            private static readonly Operator ErfInv = new("aten::erfinv_");
            private static readonly Operator Fill = new("aten::fill_", "Scalar");
            private static readonly Operator Multiply = new("aten::mul_", "Scalar");
            private static readonly Operator Add = new("aten::add_", "Scalar");
            private static readonly Operator Clamp = new("aten::clamp_");

            /// <summary>What comes after a layer, which decides the spread of its weights.</summary>
            public enum NonlinearityType
            {
                /// <summary>Nothing.</summary>
                Linear = 0,

                /// <summary>Nothing but a convolution.</summary>
                Conv1D = 1,

                /// <summary>Nothing but a convolution.</summary>
                Conv2D = 2,

                /// <summary>Nothing but a convolution.</summary>
                Conv3D = 3,

                /// <summary>Nothing but a transposed convolution.</summary>
                ConvTranspose1D = 4,

                /// <summary>Nothing but a transposed convolution.</summary>
                ConvTranspose2D = 5,

                /// <summary>Nothing but a transposed convolution.</summary>
                ConvTranspose3D = 6,

                /// <summary>A sigmoid.</summary>
                Sigmoid = 7,

                /// <summary>A tanh.</summary>
                Tanh = 8,

                /// <summary>A ReLU.</summary>
                ReLU = 9,

                /// <summary>A leaky ReLU.</summary>
                LeakyReLU = 10,
            }

            /// <summary>Which variance stays the same through a layer.</summary>
            public enum FanInOut
            {
                /// <summary>That of the activations, forward.</summary>
                FanIn = 0,

                /// <summary>That of the gradients, backward.</summary>
                FanOut = 1,
            }

            /// <summary>The factor by which a nonlinearity's weights are spread wider than those of none.</summary>
            /// <param name="nonlinearity">The nonlinearity.</param>
            /// <param name="param">The negative slope, for a leaky ReLU.</param>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) =>
                nonlinearity switch
                {
                    NonlinearityType.Tanh => 5.0 / 3.0,
                    NonlinearityType.ReLU => Math.Sqrt(2),
                    NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                    _ => 1,
                };

            /// <summary>Ones.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <returns>The tensor.</returns>
            public static Tensor ones_(Tensor tensor) => Run(Fill, tensor, 1.0);

            /// <summary>Zeros.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <returns>The tensor.</returns>
            public static Tensor zeros_(Tensor tensor) => Run(Fill, tensor, 0.0);

            /// <summary>A constant.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <param name="val">The constant.</param>
            /// <returns>The tensor.</returns>
            public static Tensor constant_(Tensor tensor, Scalar val) => Run(Fill, tensor, val);

            /// <summary>Uniform values from low up to, not including, high.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <param name="low">The lowest value.</param>
            /// <param name="high">The end of the values.</param>
            /// <param name="generator">Where the randomness comes from; libtorch's default generator by default.</param>
            /// <returns>The tensor.</returns>
            public static Tensor uniform_(
                Tensor tensor,
                double low = 0,
                double high = 1,
                Generator? generator = null
            ) => Run(Uniform, tensor, low, high, generator);

            /// <summary>Normal values.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <param name="mean">The mean.</param>
            /// <param name="std">The standard deviation.</param>
            /// <param name="generator">Where the randomness comes from; libtorch's default generator by default.</param>
            /// <returns>The tensor.</returns>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Run(Normal, tensor, mean, std, generator);

            /// <summary>Normal values between a and b: the distribution outside is cut off, and what remains is drawn from.</summary>
            /// <param name="tensor">The tensor to fill.</param>
            /// <param name="mean">The mean of the normal distribution.</param>
            /// <param name="std">Its standard deviation.</param>
            /// <param name="a">The smallest value.</param>
            /// <param name="b">The largest value.</param>
            /// <param name="generator">Where the randomness comes from; libtorch's default generator by default.</param>
            /// <returns>The tensor.</returns>
            public static Tensor trunc_normal_(
                Tensor tensor,
                double mean = 0.0,
                double std = 1.0,
                double a = -2.0,
                double b = 2.0,
                Generator? generator = null
            )
            {
                double low = Cumulative((a - mean) / std);
                double high = Cumulative((b - mean) / std);
                Run(Uniform, tensor, 2 * low - 1, 2 * high - 1, generator);
                Run(ErfInv, tensor);
                Run(Multiply, tensor, std * Math.Sqrt(2));
                Run(Add, tensor, mean);
                return Run(Clamp, tensor, a, b);
            }

            /// <summary>Uniform values of He et al. (arXiv 1502.01852): variance <c>gain^2 / fan</c>.</summary>
            /// <param name="tensor">A weight, [out, in, ...].</param>
            /// <param name="a">The negative slope of the leaky ReLU that follows.</param>
            /// <param name="mode">Which variance is to stay the same.</param>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <returns>The tensor.</returns>
            public static Tensor kaiming_uniform_(
                Tensor tensor,
                double a = 0,
                FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU
            )
            {
                double bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return Run(Uniform, tensor, -bound, bound);
            }

            /// <summary>Normal values of He et al. (arXiv 1502.01852): variance <c>gain^2 / fan</c>.</summary>
            /// <param name="tensor">A weight, [out, in, ...].</param>
            /// <param name="a">The negative slope of the leaky ReLU that follows.</param>
            /// <param name="mode">Which variance is to stay the same.</param>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <returns>The tensor.</returns>
            public static Tensor kaiming_normal_(
                Tensor tensor,
                double a = 0,
                FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU
            ) => Run(Normal, tensor, 0.0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Uniform values of Glorot and Bengio (2010): variance <c>2 gain^2 / (fan in + fan out)</c>.</summary>
            /// <param name="tensor">A weight, [out, in, ...].</param>
            /// <param name="gain">The factor of the nonlinearity.</param>
            /// <returns>The tensor.</returns>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                double bound = Math.Sqrt(3) * XavierDeviation(tensor, gain);
                return Run(Uniform, tensor, -bound, bound);
            }

            /// <summary>Normal values of Glorot and Bengio (2010): variance <c>2 gain^2 / (fan in + fan out)</c>.</summary>
            /// <param name="tensor">A weight, [out, in, ...].</param>
            /// <param name="gain">The factor of the nonlinearity.</param>
            /// <returns>The tensor.</returns>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) =>
                Run(Normal, tensor, 0.0, XavierDeviation(tensor, gain));

            /// <summary>How many inputs an output has, and how many outputs an input has.</summary>
            /// <param name="tensor">A weight, [out, in, ...].</param>
            /// <exception cref="ArgumentException">The tensor has fewer than 2 dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException(
                        $"A weight has at least 2 dimensions, [out, in, ...]; this one is [{string.Join(", ", shape)}]."
                    );
                }

                long field = 1;
                foreach (long size in shape.AsSpan(2))
                {
                    field *= size;
                }

                return (shape[1] * field, shape[0] * field);
            }

            /// <summary>How much of the standard normal distribution lies below a value.</summary>
            private static double Cumulative(double value)
            {
                using Tensor scaled = torch.tensor(value / Math.Sqrt(2));
                using Tensor error = Erf.Call(scaled);
                return (1 + error.ToDouble()) / 2;
            }

            private static double KaimingDeviation(
                Tensor tensor,
                double a,
                FanInOut mode,
                NonlinearityType nonlinearity
            )
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                long fan = Math.Max(1, mode == FanInOut.FanIn ? fanIn : fanOut);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(fan);
            }

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / Math.Max(1, fanIn + fanOut));
            }

            private static Tensor Run(Operator op, Tensor tensor, params ReadOnlySpan<Arg> arguments)
            {
                using IDisposable withoutGradients = no_grad();
                op.CallVoid([tensor, .. arguments]);
                return tensor;
            }
        }
    }
}
