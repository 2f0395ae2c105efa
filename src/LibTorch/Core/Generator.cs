using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds libtorch's own generators, on the processor and on every GPU.</summary>
    /// <returns>The processor's default generator.</returns>
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.tb_manual_seed(seed), nameof(manual_seed));
        NativeMethods.Check(NativeMethods.tb_generator_default(out var handle), nameof(manual_seed));
        return Generator.Own(handle);
    }

    /// <summary>libtorch's own generators.</summary>
    public static class random
    {
        /// <summary>Seeds them, on the processor and on every GPU.</summary>
        /// <returns>The processor's default generator.</returns>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);
    }

    /// <summary>A source of random numbers on the processor.</summary>
    public sealed class Generator : IDisposable
    {
        private nint handle;

        /// <summary>A generator of its own.</summary>
        /// <param name="seed">Where its sequence starts.</param>
        /// <param name="device">The processor; null means that.</param>
        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is not null && device.type != DeviceType.CPU)
            {
                throw new ArgumentException($"A generator on {device} was asked for; only 'cpu' has one here.");
            }

            NativeMethods.Check(NativeMethods.tb_generator_new((long)seed, out handle), nameof(Generator));
        }

        private Generator(Owned owned) => handle = owned.Handle;

        /// <summary>Frees the native generator.</summary>
        ~Generator() => Release();

        internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

        internal static Generator Own(nint handle) => new(new Owned(handle));

        /// <summary>The seed it was last given.</summary>
        public long initial_seed() => NativeMethods.tb_generator_initial_seed(Handle);

        /// <summary>Starts its sequence again from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.tb_generator_seed(Handle, seed), nameof(manual_seed));
            return this;
        }

        /// <summary>Frees the native generator now.</summary>
        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private readonly record struct Owned(nint Handle);

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released != 0)
            {
                NativeMethods.tb_generator_release(released);
            }
        }
    }
}
