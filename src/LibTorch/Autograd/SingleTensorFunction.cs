namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a function's forward leaves for its backward.</summary>
        public sealed class AutogradContext
        {
            private readonly Dictionary<string, object> data = [];

            internal AutogradContext() { }

            /// <summary>The native context, valid only while forward or backward runs.</summary>
            internal nint Native { get; set; }

            /// <summary>Keeps tensors for backward. Called once, in forward; for other values there is <see cref="save_data"/>.</summary>
            public void save_for_backward(List<Tensor> tensors) => ManagedFunction.Save(Native, tensors);

            /// <summary>The tensors that forward saved.</summary>
            public List<Tensor> get_saved_variables() => ManagedFunction.Saved(Native);

            /// <summary>Keeps a value that is no tensor.</summary>
            public void save_data(string key, object value) => data[key] = value;

            /// <summary>A value that forward kept.</summary>
            public object? get_data(string key) => data.GetValueOrDefault(key);

            /// <summary>Says that forward changed inputs in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => ManagedFunction.Mark(Native, tensors, dirty: true);

            /// <summary>Says that no gradients flow through outputs.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) =>
                ManagedFunction.Mark(Native, tensors, dirty: false);

            /// <summary>Whether backward sees zeros (the default) or nothing where an output was not used.</summary>
            public void set_materialize_grads(bool value) => ManagedFunction.MaterializeGrads(Native, value);
        }

        /// <summary>An operator of one result whose forward and backward are written in C#.</summary>
        /// <typeparam name="T">The class that derives from this one.</typeparam>
        public abstract class SingleTensorFunction<T>
            where T : SingleTensorFunction<T>, new()
        {
            private static readonly T Instance = new();

            /// <summary>The name, for messages.</summary>
            public abstract string Name { get; }

            /// <summary>Computes the result. Runs without recording history.</summary>
            /// <param name="ctx">Keeps what backward needs.</param>
            /// <param name="vars">What <see cref="apply"/> was given.</param>
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>Computes the gradients.</summary>
            /// <param name="ctx">What forward kept.</param>
            /// <param name="grad_output">The gradient of the result.</param>
            /// <returns>One for each value that <see cref="apply"/> was given; null where that was no tensor or needs none.</returns>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            /// <summary>Runs forward and records backward.</summary>
            /// <param name="vars">Tensors and other values, in the order of forward.</param>
            public static Tensor apply(params object[] vars) =>
                ManagedFunction.Apply(
                    vars,
                    Instance.Name,
                    context => Instance.forward(context, vars),
                    Instance.backward
                );
        }
    }
}
