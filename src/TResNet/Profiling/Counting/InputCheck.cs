// Whether a network takes what it is given, found out with one image instead of in the middle of a run.

using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Counting;

/// <summary>Refuses images that a network cannot take.</summary>
internal static class InputCheck
{
    /// <summary>Sends one black image through the network in evaluation mode; the network is left as it was.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <returns>What came out.</returns>
    /// <exception cref="TResNetException">The shape is not that of an image, or the network does not take it.</exception>
    public static Tensor Try(nn.Module<Tensor, Tensor> model, IReadOnlyList<long> imageShape)
    {
        if (imageShape.Count != 3 || imageShape.Any(size => size < 1))
        {
            throw new TResNetException(
                $"The input shape is [{string.Join(", ", imageShape)}], but one image has three sizes of at least 1: channels, height, width."
            );
        }

        // One image is another size than its example's, which it would be optimised for.
        model = (model as OptimizedModule)?.Source ?? model;
        MemoryEstimate.Require(model, imageShape, new ThroughputOptions { BatchSize = 1 });
        using var mode = new ModeScope(model, training: false);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            return model.call(Placement.Of(model).Move(zeros([1, .. imageShape]))).MoveToOuterDisposeScope();
        }
        catch (Exception refused) when (OutOfMemory.Is(refused))
        {
            throw OutOfMemory.Sentence(refused, 1, imageShape);
        }
        catch (Exception refused) when (refused is not TResNetException)
        {
            throw new TResNetException(
                $"{model.DisplayName()} does not take images of {string.Join(" x ", imageShape)} "
                    + $"({refused.Message.Split('\n')[0].TrimEnd('.')}); choose the size and the channels it was made for.",
                refused
            );
        }
    }
}
