using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// Some virtual machines with AMD processors say that there are no caches. The oneDNN in libtorch 2.10 then divides by a block of 0 in the first backward of
/// a 1x1 convolution, and the process dies of SIGFPE. Sensible sizes are written into its record (<see cref="OneDnnCaches"/>) before that happens.
/// </summary>
internal static class ProcessorCaches
{
    /// <summary>Whether this is such a machine; known once libtorch is loaded.</summary>
    public static bool AreHidden { get; private set; }

    /// <summary>Mends the record where that is needed, or else switches oneDNN off.</summary>
    /// <returns>What was done, in a sentence; null where nothing was to be done.</returns>
    public static string? Mend()
    {
        AreHidden = OneDnnCaches.AreHidden();
        if (!AreHidden)
        {
            return null;
        }

        LookAtProcessor();
        if (OneDnnCaches.Mend())
        {
            return "the processor hides its caches, so oneDNN was told 32 KiB, 512 KiB and 1 MiB";
        }

        LibTorch.DisableOneDnn();
        return "the processor hides its caches, with which this oneDNN would die in training, so libtorch computes without oneDNN, several times slower";
    }

    // oneDNN makes its record with its first primitive. By operators alone: whoever touched `torch` first is still in its static constructor here.
    private static void LookAtProcessor()
    {
        var zeros = new Operator("aten::zeros");
        using var image = Zeros(1, 16, 8, 8);
        using var weight = Zeros(16, 16, 1, 1);
        new Operator("aten::mkldnn_convolution")
            .Call(image, weight, Argument.None, new long[] { 0, 0 }, new long[] { 1, 1 }, new long[] { 1, 1 }, 1L)
            .Dispose();

        Tensor Zeros(params long[] shape) =>
            zeros.Call(shape, Argument.None, Argument.None, Argument.None, Argument.None);
    }

    /// <summary>The bytes of each level, as oneDNN in this libtorch takes them; null where this is another libtorch.</summary>
    internal static int[]? Known()
    {
        LookAtProcessor();
        return OneDnnCaches.Known();
    }
}
