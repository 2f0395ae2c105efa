namespace TResNet.Kernels;

/// <summary>Convolutions of 3x3 by Winograd's algorithm (arXiv 1509.09308).</summary>
internal static class Winograd
{
    /// <summary>
    /// Whether a CPU may compute convolutions of 3x3 in float32 by Winograd's algorithm (arXiv 1509.09308), forward and backward; true at first. It
    /// takes half the time of the direct one where it is chosen, and its error is within 1e-5 of a map's largest value, wherever that is: a single value
    /// far larger than all others costs its neighbours digits, and one that is not finite spreads over its tile of 6x6. Networks that are optimised have
    /// it in bfloat16 too, in tiles of 4x4, as near to float32 as the direct one. Set it to false for convolutions as PyTorch's; networks that are
    /// optimised afterwards have none either.
    /// </summary>
    public static bool Enabled
    {
        get => enabled;
        set
        {
            enabled = value;
            if (NativeKernels.Available)
            {
                NativeKernels.tresnet_set_winograd(value ? 1 : 0);
            }
        }
    }

    private static volatile bool enabled = true;
}
