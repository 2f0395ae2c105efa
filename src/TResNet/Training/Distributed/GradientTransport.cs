using TorchSharp;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Carries gradients between the processes.</summary>
internal interface IGradientTransport : IDisposable
{
    /// <summary>Where the tensors have to be.</summary>
    Device Device { get; }

    /// <summary>Starts to put the sum over all processes in the place of each value.</summary>
    /// <param name="values">Contiguous, float32 or float64, on <see cref="Device"/>; lives and stays alone until it is waited for.</param>
    IPendingReduction AllReduce(Tensor values);

    /// <summary>Ends the connection in order, once nothing is under way, where all processes do so; disposing alone ends it at once.</summary>
    void Leave();
}

/// <summary>Finds the one for a device.</summary>
internal static class GradientTransport
{
    /// <summary>MPI for processors; for GPUs NCCL, or where that is missing MPI by way of the host's memory.</summary>
    public static IGradientTransport Of(ProcessGroup group, Device device) =>
        device.type == DeviceType.CUDA && NcclTransport.TryJoin(group, device) is { } nccl
            ? nccl
            : new MpiTransport(group);

    private sealed class MpiTransport(ProcessGroup group) : IGradientTransport
    {
        public Device Device => CPU;

        public IPendingReduction AllReduce(Tensor values) =>
            group.AllReduce(
                MpiChannel.Gradients,
                TensorMemory.Address(values),
                values.numel(),
                values.dtype == ScalarType.Float64 ? MpiType.Double : MpiType.Float
            );

        public void Leave() { }

        public void Dispose() { }
    }
}
