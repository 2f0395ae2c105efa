using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>TorchScript.</summary>
    public static partial class jit
    {
        /// <summary>Compiles TorchScript functions from their source.</summary>
        /// <param name="script">One or more <c>def</c>s in TorchScript's subset of Python.</param>
        /// <exception cref="LibTorchException">The source does not compile.</exception>
        public static CompilationUnit compile(string script)
        {
            // The parser takes the end of the text for the middle of a line.
            Check(tb_jit_compile(script + "\n", out var handle), "torch.jit.compile");
            return new CompilationUnit(handle);
        }

        /// <summary>Functions compiled from TorchScript.</summary>
        public sealed class CompilationUnit : IDisposable
        {
            private readonly Dictionary<string, Function> functions = [];
            private nint handle;

            internal CompilationUnit(nint handle) => this.handle = handle;

            /// <summary>Frees what was forgotten.</summary>
            ~CompilationUnit() => Release();

            internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(CompilationUnit));

            /// <summary>Calls a function.</summary>
            /// <param name="name">Its name.</param>
            /// <param name="objs">Tensors, numbers, truth values, strings, or arrays of them.</param>
            /// <returns>A tensor, a <see cref="long"/>, <see cref="double"/> or <see cref="bool"/>; an array where there are several.</returns>
            /// <exception cref="LibTorchException">There is no such function, or it failed.</exception>
            public object? invoke(string name, params object?[] objs)
            {
                var results = Find(name).CallAny(Array.ConvertAll(objs, Convert));
                GC.KeepAlive(this);
                return results.Length switch
                {
                    0 => null,
                    1 => results[0],
                    _ => results,
                };
            }

            /// <summary>Calls a function that returns a <typeparamref name="TResult"/>.</summary>
            public TResult invoke<TResult>(string name, params object?[] inputs) => (TResult)invoke(name, inputs)!;

            /// <summary>Calls a function of <typeparamref name="T"/>s that returns a <typeparamref name="TResult"/>.</summary>
            public TResult invoke<T, TResult>(string name, params T[] inputs) =>
                (TResult)invoke(name, [.. inputs.Cast<object?>()])!;

            /// <summary>Frees the functions.</summary>
            public void Dispose()
            {
                Release();
                GC.SuppressFinalize(this);
            }

            private Function Find(string name)
            {
                lock (functions)
                {
                    return functions.TryGetValue(name, out var found)
                        ? found
                        : functions[name] = new Function(this, name);
                }
            }

            private void Release()
            {
                var released = Interlocked.Exchange(ref handle, 0);
                if (released != 0)
                {
                    tb_jit_release(released);
                }
            }

            private static Arg Convert(object? value) =>
                value switch
                {
                    null => Arg.None,
                    Tensor v => v,
                    int v => v,
                    long v => v,
                    float v => v,
                    double v => v,
                    bool v => v,
                    string v => v,
                    long[] v => v,
                    double[] v => v,
                    bool[] v => v,
                    Tensor?[] v => v,
                    Scalar v => v,
                    _ => throw new ArgumentException(
                        $"A TorchScript function takes tensors, numbers, truth values, strings and arrays of them, not {value.GetType().Name}."
                    ),
                };
        }

        private sealed unsafe class Function(CompilationUnit unit, string name) : Callable
        {
            private protected override string FullName => name;

            private protected override int Enter(
                NativeValue* inputs,
                int inputCount,
                NativeValue* outputs,
                int capacity,
                int* count
            ) => tb_jit_invoke(unit.Handle, name, inputs, inputCount, outputs, capacity, count);
        }
    }
}
