// torch.nn.utils: what is done to all gradients or parameters at once.
using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What is done to all gradients or parameters at once.</summary>
        public static class utils
        {
            private static readonly Operator VectorNorm = new("aten::linalg_vector_norm");
            private static readonly Operator Reshape = new("aten::reshape");

            /// <summary>
            /// Scales all gradients by one factor so that their norm, taken as one vector, is at most max_norm.
            /// </summary>
            /// <param name="tensors">The parameters; those without a gradient are passed over.</param>
            /// <param name="max_norm">The largest norm.</param>
            /// <param name="norm_type">The p of the norm; infinity for the largest absolute value.</param>
            /// <returns>The norm before scaling.</returns>
            public static double clip_grad_norm_(
                IEnumerable<Parameter> tensors,
                double max_norm,
                double norm_type = 2.0
            )
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable withoutGradients = no_grad();
                Tensor[] gradients = [.. Gradients(tensors)];
                if (gradients.Length == 0)
                {
                    return 0;
                }

                Device place = gradients[0].device;
                Tensor norms = torch.stack(
                    gradients.Select(gradient => VectorNorm.Call(gradient, norm_type).to(place))
                );
                double norm = VectorNorm.Call(norms, norm_type).ToDouble();
                double factor = max_norm / (norm + 1e-6);
                if (factor < 1)
                {
                    Foreach.Mul_(gradients, factor);
                }

                return norm;
            }

            /// <summary>Limits every element of the gradients to [-clip_value, clip_value].</summary>
            /// <param name="tensors">The parameters; those without a gradient are passed over.</param>
            /// <param name="clip_value">The largest absolute value.</param>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable withoutGradients = no_grad();
                foreach (Tensor gradient in Gradients(tensors))
                {
                    gradient.clamp_(-clip_value, clip_value);
                }
            }

            /// <summary>All parameters one after another.</summary>
            /// <param name="tensors">The parameters.</param>
            /// <returns>One vector.</returns>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor[] rows = [.. tensors.Select(parameter => Reshape.Call(parameter, new long[] { -1 }))];
                return torch.cat(rows).MoveToOuterDisposeScope();
            }

            private static IEnumerable<Tensor> Gradients(IEnumerable<Parameter> parameters) =>
                parameters.Select(parameter => parameter.grad).OfType<Tensor>();
        }
    }
}
