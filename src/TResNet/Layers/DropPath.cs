// Stochastic depth: Huang et al., arXiv 1603.09382, section 3; EfficientNet's "drop connect".
using TorchSharp;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Drops a residual branch for some images of a training batch, so that those see the shortcut alone; the others' branch is scaled so that the
/// expectation stays. Does nothing in evaluation.
/// </summary>
internal sealed class DropPath : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly double rate;

    /// <summary>Makes the layer.</summary>
    /// <param name="rate">The probability that an image's branch is dropped, 0 to 1 exclusive.</param>
    public DropPath(double rate)
        : base(nameof(DropPath)) => this.rate = rate;

    /// <summary>The probability that an image's branch is dropped.</summary>
    public double Rate => rate;

    /// <summary>Zeroes or scales each image of [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        if (!training || rate == 0)
        {
            return x.alias();
        }

        using var scope = NewDisposeScope();
        var keep = 1 - rate;
        using Scalar kept = keep;
        var mask = ones([x.shape[0], 1, 1, 1], dtype: x.dtype, device: x.device).bernoulli_(keep).div_(kept);
        return (x * mask).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x) => x;
}
