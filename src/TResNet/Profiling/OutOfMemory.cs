using System.Runtime.InteropServices;

namespace TResNet.Profiling;

/// <summary>Tells an allocation that was refused from other errors.</summary>
internal static class OutOfMemory
{
    // c10's allocators: of the CPU, of CUDA; oneDNN and cuDNN say it in their own words.
    private static readonly string[] Words =
    [
        "out of memory",
        "can't allocate memory",
        "not enough memory",
        "could not allocate",
        "CUDNN_STATUS_ALLOC_FAILED",
        "CUBLAS_STATUS_ALLOC_FAILED",
    ];

    /// <summary>Whether an error says that memory was not to be had, on the CPU or on a GPU.</summary>
    public static bool Is(Exception error) =>
        error is OutOfMemoryException
        || (
            error is ExternalException or TResNetException
            && Words.Any(word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
        );
}
