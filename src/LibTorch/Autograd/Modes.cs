using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Until disposed, operators on this thread record no history.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>Until disposed, operators on this thread record history.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    /// <summary>Until disposed, operators on this thread record history or not.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    /// <summary>True if operators on this thread record history.</summary>
    public static bool is_grad_enabled() => tb_grad_enabled() != 0;

    /// <summary>Until disposed, tensors made on this thread can never take part in autograd; faster than <see cref="no_grad"/>.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    private sealed class GradMode : IDisposable
    {
        private readonly int before = tb_grad_enabled();

        internal GradMode(bool enabled) => tb_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => tb_set_grad_enabled(before);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private readonly int thread = Environment.CurrentManagedThreadId;
        private nint guard = tb_inference_mode_enter(mode ? 1 : 0);

        public void Dispose()
        {
            if (thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException(
                    "inference_mode() was left on another thread than it was entered on: do not await inside it."
                );
            }

            tb_inference_mode_leave(Interlocked.Exchange(ref guard, 0));
        }
    }
}
