using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch that is loaded, such as <c>1.13.0</c>.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(tb_version()) ?? "";

    /// <summary>How many threads an operator may use.</summary>
    public static int get_num_threads() => tb_get_num_threads();

    /// <summary>Sets how many threads an operator may use, on whatever thread calls it.</summary>
    /// <param name="num">At least 1. The default is the number of processors.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="num"/> is less than 1.</exception>
    public static void set_num_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(num, 1);
        tb_set_num_threads(num);
    }

    /// <summary>NVIDIA GPUs.</summary>
    public static class cuda
    {
        /// <summary>True if libtorch was built for CUDA and finds a GPU.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>True if cuDNN is there.</summary>
        public static bool is_cudnn_available() => tb_has_cudnn() != 0;

        /// <summary>How many GPUs there are.</summary>
        public static int device_count() => tb_cuda_device_count();

        /// <summary>Seeds the GPUs' generators, and the processor's.</summary>
        public static void manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>Seeds the GPUs' generators, and the processor's.</summary>
        public static void manual_seed_all(long seed) => torch.manual_seed(seed);

        /// <summary>Waits until a GPU has done all it was given.</summary>
        /// <param name="device">The GPU; null is the current one.</param>
        public static void synchronize(Device? device = null) =>
            Check(tb_cuda_synchronize(device?.index ?? -1), nameof(synchronize));
    }
}
