using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>Whether there is memory for what only images of the file's size show: a file may be for larger ones than this machine has room for.</summary>
internal static class ImageMemory
{
    /// <summary>Refuses images that a network cannot be run on here.</summary>
    /// <param name="model">The network.</param>
    /// <param name="image">Their size.</param>
    /// <param name="count">How many are computed together.</param>
    /// <exception cref="TResNetException">There is no room for them.</exception>
    public static void Require(nn.Module model, ExportedImage image, int count)
    {
        if (model is nn.Module<Tensor, Tensor> network)
        {
            MemoryEstimate.Require(
                network,
                [.. image.Shape.Skip(1)],
                new ThroughputOptions { Mode = ThroughputMode.Inference, BatchSize = count }
            );
        }
    }
}
