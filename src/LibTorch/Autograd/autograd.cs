using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Gradients.</summary>
    public static partial class autograd
    {
        /// <summary>Computes the gradients of the leaves that made the tensors and adds them to theirs.</summary>
        /// <param name="tensors">What to differentiate.</param>
        /// <param name="grad_tensors">Their gradients; null where each has one element.</param>
        /// <param name="retain_graph">Keeps what another backward needs; by default only with <paramref name="create_graph"/>.</param>
        /// <param name="create_graph">Records the backward itself.</param>
        public static unsafe void backward(
            IList<Tensor> tensors,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false
        )
        {
            fixed (nint* handles = Handles(tensors))
            fixed (nint* grads = grad_tensors is null ? null : Handles(grad_tensors))
            {
                CheckBackward(
                    tb_backward(
                        handles,
                        grads,
                        tensors.Count,
                        retain_graph ?? create_graph ? 1 : 0,
                        create_graph ? 1 : 0
                    )
                );
            }

            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
        }

        /// <summary>Computes the gradients of the leaves that made a tensor and adds them to theirs.</summary>
        public static void backward(
            Tensor tensor,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false
        ) => backward([tensor], grad_tensors, retain_graph, create_graph);

        /// <summary>Computes the gradients of the leaves that made a tensor and adds them to theirs.</summary>
        public static void backward(
            Tensor tensor,
            Tensor grad_tensor,
            bool? retain_graph = null,
            bool create_graph = false
        ) => backward([tensor], [grad_tensor], retain_graph, create_graph);

        /// <summary>The gradients of outputs with respect to inputs, left in no tensor's <c>grad</c>.</summary>
        /// <returns>One for each input; null where it was not used and <paramref name="allow_unused"/> is set.</returns>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false
        )
        {
            var results = new nint[inputs.Count];
            fixed (nint* outputHandles = Handles(outputs))
            fixed (nint* inputHandles = Handles(inputs))
            fixed (nint* grads = grad_outputs is null ? null : Handles(grad_outputs))
            fixed (nint* result = results)
            {
                CheckBackward(
                    tb_grad(
                        outputHandles,
                        grads,
                        outputs.Count,
                        inputHandles,
                        inputs.Count,
                        retain_graph || create_graph ? 1 : 0,
                        create_graph ? 1 : 0,
                        allow_unused ? 1 : 0,
                        result
                    )
                );
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }

        internal static nint[] Handles(IList<Tensor> tensors) => [.. tensors.Select(t => t?.Handle ?? 0)];

        /// <summary>An exception that a C# backward threw comes back as it was.</summary>
        private static void CheckBackward(int status)
        {
            var thrown = ManagedFunction.TakeException();
            if (status != 0 && thrown is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
            }

            Check(status, nameof(backward));
        }
    }
}
