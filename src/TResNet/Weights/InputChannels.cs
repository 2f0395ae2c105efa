// timm/models/_manipulate.py, adapt_input_conv: weights for RGB in a network for images of other channels.
using TResNet.Building;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>Fits the first convolution of a file to a network for images of another number of channels.</summary>
/// <param name="Name">The convolution's weight.</param>
/// <param name="From">Channels of the file's images.</param>
/// <param name="To">Channels of the network's.</param>
internal sealed record InputChannels(string Name, long From, long To)
{
    /// <summary>Says how, or null if the first convolutions do not differ in this alone.</summary>
    /// <param name="module">The network.</param>
    /// <param name="name">Our name of a tensor of another shape than the network's.</param>
    /// <param name="stored">The file's shape, [out, in, height, width].</param>
    internal static InputChannels? Of(nn.Module module, string name, long[] stored)
    {
        if (module is not Network network)
        {
            return null;
        }

        var (first, weight) = network.state_dict().First(t => t.Value.dim() == 4);
        // SpaceToDepth gives the convolution so many pixels' channels at once, each pixel's side by side.
        var pixels = weight.shape[1] / network.InChans;
        return
            name == first
            && stored.Length == 4
            && stored[1] % pixels == 0
            && stored[0] == weight.shape[0]
            && stored.AsSpan(2).SequenceEqual(weight.shape.AsSpan(2))
            ? new InputChannels(name, stored[1] / pixels, network.InChans)
            : null;
    }

    /// <summary>The file's weight for the network's channels: their sum for one channel, else repeated, cut and scaled to the same sum.</summary>
    /// <param name="weight">[out, pixels x <see cref="From"/>, height, width].</param>
    /// <returns>[out, pixels x <see cref="To"/>, height, width], in float32.</returns>
    internal Tensor Fit(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var (o, h, w) = (weight.shape[0], weight.shape[2], weight.shape[3]);
        var parts = weight.to(float32).view(o, -1, From, h, w);
        var fitted =
            To == 1
                ? parts.sum(2, keepdim: true)
                : parts.repeat(1, 1, ((To + From - 1) / From), 1, 1).narrow(2, 0, To) * ((double)From / To);
        return fitted.reshape(o, -1, h, w).MoveToOuterDisposeScope();
    }
}
