// NCCL by its C interface (NVIDIA, "NCCL User Guide", version 2): the library that libtorch for CUDA brings. One process makes an identifier, MPI gives it
// to all, and from then on gradients go from GPU to GPU.

using System.Runtime.InteropServices;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Carries gradients between GPUs.</summary>
internal sealed unsafe partial class NcclTransport : IGradientTransport
{
    private const int SumOperation = 0;
    private const int Float32 = 7;
    private const int Float64 = 8;
    private nint communicator;

    private NcclTransport(Device device, nint communicator) => (Device, this.communicator) = (device, communicator);

    /// <inheritdoc/>
    public Device Device { get; }

    /// <summary>Connects the processes' GPUs; null where one of the processes has no NCCL.</summary>
    /// <exception cref="TResNetException">NCCL refuses: two processes share a GPU, or they do not reach each other.</exception>
    public static NcclTransport? TryJoin(ProcessGroup group, Device device)
    {
        if (group.Any(!IsThere()))
        {
            return null;
        }

        UniqueId id = default;
        if (group.IsFirst)
        {
            Check(ncclGetUniqueId(&id));
        }

        group.Broadcast((nint)(&id), sizeof(UniqueId));
        // NCCL takes the current GPU of the thread, which libtorch puts back after each operator.
        if (cudaSetDevice(device.index) is not 0 and var code)
        {
            throw new TResNetException(
                $"CUDA does not make cuda:{device.index} the GPU of process {group.Rank} (error {code}): see nvidia-smi, and give each process a GPU of its own."
            );
        }

        Check(ncclCommInitRank(out var communicator, group.Size, id, group.Rank));
        return new NcclTransport(device, communicator);
    }

    /// <inheritdoc/>
    public IPendingReduction AllReduce(Tensor values)
    {
        // The default stream is libtorch's too, so that this comes after what made the values and before what reads them.
        var address = (void*)TensorMemory.Address(values);
        var type = values.dtype == ScalarType.Float64 ? Float64 : Float32;
        Check(ncclAllReduce(address, address, (nuint)values.numel(), type, SumOperation, communicator, 0));
        return new InStream();
    }

    /// <inheritdoc/>
    public void Leave()
    {
        if (communicator != 0)
        {
            _ = ncclCommDestroy(communicator);
            communicator = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Destroying waits for what is under way, which may never come.
        if (communicator != 0)
        {
            _ = ncclCommAbort(communicator);
            communicator = 0;
        }
    }

    private static bool IsThere()
    {
        try
        {
            return NativeLibraries.Load(NativeLibraries.Nccl) != 0;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new TResNetException(
                $"NCCL refuses the exchange of gradients: {Marshal.PtrToStringUTF8(ncclGetErrorString(code))}; give each process a GPU of its own, and set NCCL_DEBUG=INFO to see how it looks for the others."
            );
        }
    }

    // What is started in a stream is done before what follows in it.
    private sealed class InStream : IPendingReduction
    {
        public void Wait() { }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct UniqueId
    {
        private fixed byte bytes[128];
    }

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial int ncclGetUniqueId(UniqueId* id);

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial int ncclCommInitRank(out nint communicator, int ranks, UniqueId id, int rank);

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial int ncclAllReduce(
        void* from,
        void* to,
        nuint count,
        int type,
        int operation,
        nint communicator,
        nint stream
    );

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial int ncclCommDestroy(nint communicator);

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial int ncclCommAbort(nint communicator);

    [LibraryImport(NativeLibraries.Nccl)]
    private static partial nint ncclGetErrorString(int code);

    [LibraryImport(NativeLibraries.CudaRuntime)]
    private static partial int cudaSetDevice(int device);
}
