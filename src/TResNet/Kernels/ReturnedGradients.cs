using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// The gradients that a node of this thread returned last. libtorch copies the handles and frees none, and tells nobody when it has: so they are
/// freed when the next node runs, or one is deleted.
/// </summary>
internal static unsafe class ReturnedGradients
{
    // A handle has to be there for what is undefined too.
    private static readonly nint Undefined = MakeUndefined();

    [ThreadStatic]
    private static nint* list;

    [ThreadStatic]
    private static int count;

    [ThreadStatic]
    private static int capacity;

    /// <summary>Hands gradients over, which stay the caller's to dispose.</summary>
    public static AutogradExports.NativeArray Set(Tensor?[] gradients)
    {
        Free();
        if (capacity < gradients.Length)
        {
            list = (nint*)NativeMemory.Realloc(list, (nuint)(gradients.Length * sizeof(nint)));
            capacity = gradients.Length;
        }

        for (; count < gradients.Length; count++)
        {
            list[count] = gradients[count] is { } gradient ? Operator.NewHandle(gradient) : Undefined;
        }

        return new(list, count);
    }

    /// <summary>Frees them.</summary>
    public static void Free()
    {
        for (var i = 0; i < count; i++)
        {
            if (list[i] != Undefined)
            {
                Operator.DeleteHandle(list[i]);
            }
        }

        count = 0;
    }

    private static nint MakeUndefined() => LibTorch.NewUndefinedTensor();
}
