using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Memory;

/// <summary>Counts what a forward pass keeps for its backward.</summary>
internal static class KeptMemory
{
    public static long Count(nn.Module<Tensor, Tensor> model, IReadOnlyList<long> imageShape, int batchSize)
    {
        var options = new ThroughputOptions { Mode = ThroughputMode.Training, BatchSize = batchSize }.Validate();
        using var lent = new ProfilingScope(model, imageShape, options);
        return lent.Placement.Device.type == DeviceType.CPU
            ? HostMemory.BytesKept(() => model.call(lent.Images))
            : throw new TResNetException(
                "What a forward pass keeps is counted on the CPU: move the network there, or look for its largest batch with LargestBatch."
            );
    }
}
