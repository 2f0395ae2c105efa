using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Makes networks quick for inference.</summary>
public static class Optimization
{
    /// <summary>
    /// The network for inference on inputs like the example: as a graph, whose normalisations are folded into its convolutions, and whose activations, sums and
    /// gates are joined with what makes their input; weights and feature maps in the order that is quickest on this machine.
    /// </summary>
    /// <remarks>
    /// It takes some seconds, as it tries the ways to compute each convolution. On a CPU with the library of kernels it runs as a plan; without, by the operators of
    /// libtorch's own oneDNN; on a GPU, by libtorch's operators. A layer that the graph has no operation for is called, as it is. In float32 results differ from the
    /// network's by less than 1e-4 of their largest, which is checked on the example. A network with weights that are not finite is refused; of an input that is
    /// not finite, the result may be finite. An input of another size is optimised for when it first comes, which needs the network as it was.
    /// </remarks>
    /// <param name="model">Maps one tensor to one tensor. Not changed; its mode does not matter.</param>
    /// <param name="example">An input, [N, C, H, W] in float32, on the model's device; a batch as large as the ones to come.</param>
    /// <param name="type">
    /// What it computes in: null or float32; bfloat16, or float16 on a GPU. On a CPU bfloat16 is taken where it was measured quicker, which
    /// <see cref="OptimizedModule.Description"/> tells. Inputs and results are float32.
    /// </param>
    /// <param name="cancel">Honoured between two of the things that it tries.</param>
    /// <exception cref="TResNetException">The model does not take the example, gives something else than float32, or the type is not to be had.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <example><code>
    /// using var fast = network.Optimize(images);
    /// var logits = fast.call(images);
    /// Console.WriteLine(fast.Description); // float32, channels in blocks (nChw16c), 71 steps, 33 MiB of feature maps
    /// </code></example>
    public static OptimizedModule Optimize(
        this nn.Module<Tensor, Tensor> model,
        Tensor example,
        ScalarType? type = null,
        CancellationToken cancel = default
    )
    {
        if (type is { } wanted and not ScalarType.Float32)
        {
            Autocast.Require(example.device, wanted);
        }

        if (model.modules().Prepend(model).Any(module => module is OptimizedModule))
        {
            throw new TResNetException(
                $"{model.DisplayName()} is optimised already, or a part of it: optimise the network that it was made of."
            );
        }

        return new OptimizedModule(model, example, type ?? ScalarType.Float32, cancel);
    }
}
