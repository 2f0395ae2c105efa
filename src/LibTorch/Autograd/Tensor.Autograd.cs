using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>True if gradients flow to the tensor.</summary>
        public bool requires_grad
        {
            get
            {
                var result = tb_tensor_requires_grad(Handle) != 0;
                GC.KeepAlive(this);
                return result;
            }
            set
            {
                Check(tb_tensor_set_requires_grad(Handle, value ? 1 : 0), nameof(requires_grad));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Sets whether gradients flow to the tensor.</summary>
        /// <returns>This tensor.</returns>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets whether gradients flow to the tensor.</summary>
        /// <returns>This tensor.</returns>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>True if no operator made the tensor: gradients are kept in <see cref="grad"/>.</summary>
        public bool is_leaf
        {
            get
            {
                var result = tb_tensor_is_leaf(Handle) != 0;
                GC.KeepAlive(this);
                return result;
            }
        }

        /// <summary>The gradient that backward left, or null.</summary>
        public Tensor? grad
        {
            get
            {
                Check(tb_tensor_grad(Handle, out var result), nameof(grad));
                GC.KeepAlive(this);
                return result == 0 ? null : new Tensor(result);
            }
            set
            {
                Check(tb_tensor_set_grad(Handle, value?.Handle ?? 0), nameof(grad));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        /// <summary>Computes the gradients of the leaves that made this tensor and adds them to theirs.</summary>
        /// <param name="grad_tensors">The gradient of this tensor; not needed if it has one element.</param>
        /// <param name="retain_graph">Keeps what another backward needs.</param>
        /// <param name="create_graph">Records the backward itself, for higher derivatives.</param>
        public void backward(
            IList<Tensor>? grad_tensors = null,
            bool retain_graph = false,
            bool create_graph = false
        ) => autograd.backward([this], grad_tensors, retain_graph || create_graph, create_graph);

        /// <summary>Computes the gradients of the leaves that made this tensor, which has one element, and adds them to theirs.</summary>
        public void backward() => autograd.backward([this]);
    }
}
