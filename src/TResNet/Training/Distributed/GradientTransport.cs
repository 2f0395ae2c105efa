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
    /// <param name="values">Contiguous, on <see cref="Device"/>; lives and stays alone until it is waited for.</param>
    IPendingReduction AllReduce(Tensor values);
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
                values.dtype switch
                {
                    ScalarType.Float32 => MpiType.Float,
                    ScalarType.Float64 => MpiType.Double,
                    _ => throw new TResNetException(
                        $"Parameters of {values.dtype} cannot be trained by several processes: take float32 weights, and --amp for the rest."
                    ),
                }
            );

        public void Dispose() { }
    }
}
