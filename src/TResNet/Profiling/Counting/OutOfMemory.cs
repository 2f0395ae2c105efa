using System.Runtime.InteropServices;

namespace TResNet.Profiling.Counting;

/// <summary>Tells an allocation that was refused from other errors, and says it in a sentence.</summary>
internal static class OutOfMemory
{
    // c10's allocators: of the CPU, of CUDA; oneDNN and cuDNN say it in their own words.
    private static readonly string[] Words =
    [
        "out of memory",
        "can't allocate memory",
        "not enough memory",
        "could not allocate",
        "alloc_cpu.cpp",
        "bad_alloc",
        "CUDNN_STATUS_ALLOC_FAILED",
        "CUBLAS_STATUS_ALLOC_FAILED",
    ];

    /// <summary>Whether an error says that memory was not to be had, on the CPU or on a GPU.</summary>
    /// <param name="error">What was thrown.</param>
    public static bool Is(Exception error) =>
        error is OutOfMemoryException
        || (
            error is ExternalException or TResNetException
            && Words.Any(word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>An error of an allocator in words for people; what is said already stays.</summary>
    /// <param name="error">For which <see cref="Is"/> is true.</param>
    /// <param name="batch">Images in the batch.</param>
    /// <param name="image">The shape of one image: <c>[C, H, W]</c>.</param>
    internal static TResNetException Sentence(Exception error, int batch, IReadOnlyList<long> image) =>
        error as TResNetException
        ?? new TResNetException($"There is not enough memory for {Images(batch, image)}: {Advice(batch)}.", error);

    /// <summary>A batch in words.</summary>
    internal static string Images(int batch, IReadOnlyList<long> image) =>
        batch == 1
            ? $"an image of {image[2]}x{image[1]} pixels"
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"a batch of {batch:N0} images of {image[2]}x{image[1]} pixels"
            );

    /// <summary>What to do about it.</summary>
    internal static string Advice(int batch) =>
        batch == 1 ? "choose smaller images or a smaller network" : "choose a smaller batch or smaller images";
}
