// SpaceToDepth stem: arXiv 2003.13630, section 2.1 ("Stem design").
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Moves each 4x4 patch of pixels into channels, so that the network starts with a dense convolution on [N, 16 C, H/4, W/4] instead of a
/// strided 7x7 convolution and a pooling.
/// </summary>
/// <remarks>Output channel <c>(bh * 4 + bw) * C + c</c> holds channel c of the patch's pixel (bh, bw): another order than <c>pixel_unshuffle</c>'s.</remarks>
public sealed class SpaceToDepth : nn.Module<Tensor, Tensor>
{
    /// <summary>The side of a patch, in pixels.</summary>
    public const int BlockSize = 4;

    private readonly bool scripted;

    /// <summary>Makes the layer.</summary>
    /// <param name="scripted">Runs it as TorchScript, as the paper's implementation does.</param>
    public SpaceToDepth(bool scripted = false)
        : base(nameof(SpaceToDepth)) => this.scripted = scripted;

    /// <summary>Rearranges [N, C, H, W] into [N, 16 C, H/4, W/4].</summary>
    /// <exception cref="TResNetException">H or W is no multiple of 4.</exception>
    public override Tensor forward(Tensor x)
    {
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        if (h % BlockSize != 0 || w % BlockSize != 0)
        {
            throw new TResNetException(
                $"The input is {h}x{w} pixels, and the SpaceToDepth stem takes sides that are multiples of {BlockSize}: resize it to {Near(h)}x{Near(w)}."
            );
        }

        if (scripted)
        {
            return TorchScript.SpaceToDepth(x);
        }

        using var scope = NewDisposeScope();
        return x.reshape(n, c, h / BlockSize, BlockSize, w / BlockSize, BlockSize)
            .permute(0, 3, 5, 1, 2, 4)
            .reshape(n, c * BlockSize * BlockSize, h / BlockSize, w / BlockSize)
            .MoveToOuterDisposeScope();
    }

    private static long Near(long side) => Math.Max(BlockSize, (side + (BlockSize / 2)) / BlockSize * BlockSize);
}
