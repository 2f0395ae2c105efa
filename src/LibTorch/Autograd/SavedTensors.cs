using TorchSharp.Interop;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp;

/// <summary>What a forward keeps for its backward, as Python's <c>saved_tensors_hooks</c> see it.</summary>
internal static class SavedTensors
{
    /// <summary>The bytes of the tensors that autograd saved and still holds, each storage once.</summary>
    /// <param name="forward">Runs on this thread; its result holds the graph until the bytes are counted, and is then disposed.</param>
    /// <param name="excluded">Tensors that do not count, such as parameters.</param>
    internal static unsafe long Count(Func<Tensor> forward, Tensor[] excluded)
    {
        NativeMethods.Check(NativeMethods.tb_saved_enter(), nameof(SavedTensors));
        Tensor? result = null;
        long bytes;
        try
        {
            result = forward();
        }
        finally
        {
            fixed (nint* handles = torch.autograd.Handles(excluded))
            {
                NativeMethods.Check(
                    NativeMethods.tb_saved_leave(handles, excluded.Length, out bytes),
                    nameof(SavedTensors)
                );
            }

            GC.KeepAlive(excluded);
            result?.Dispose();
        }

        return bytes;
    }
}
