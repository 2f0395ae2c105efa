// SpaceToDepth stem: arXiv 2003.13630, section 2.1 ("Stem design").
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Moves each patch of pixels into channels, so that the network starts with a dense convolution on [N, p p C, H/p, W/p] instead of a
/// strided 7x7 convolution and a pooling. The paper's patches are 4x4.
/// </summary>
/// <remarks>Output channel <c>(bh * p + bw) * C + c</c> holds channel c of the patch's pixel (bh, bw): another order than <c>pixel_unshuffle</c>'s.</remarks>
public sealed class SpaceToDepth : nn.Module<Tensor, Tensor>, ILowers
{
    /// <summary>The side of the paper's patches, in pixels.</summary>
    public const int PaperPatch = 4;

    private readonly int patch;
    private readonly bool scripted;

    /// <summary>Makes the layer.</summary>
    /// <param name="patch">The side of a patch, in pixels; at least 1.</param>
    /// <param name="scripted">Runs it as TorchScript, as the paper's implementation does.</param>
    public SpaceToDepth(int patch = PaperPatch, bool scripted = false)
        : base(nameof(SpaceToDepth))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patch, 1);
        this.patch = patch;
        this.scripted = scripted;
    }

    /// <summary>Rearranges [N, C, H, W] into [N, p p C, H/p, W/p].</summary>
    /// <exception cref="TResNetException">H or W is no multiple of the patch.</exception>
    public override Tensor forward(Tensor x)
    {
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        Check(h, w);
        if (scripted)
        {
            return TorchScript.SpaceToDepth(x, patch);
        }

        // Written without the number of images, which a trace would keep: what is saved takes any.
        using var scope = NewDisposeScope();
        return x.reshape(-1, c, h / patch, patch, w / patch, patch)
            .permute(0, 3, 5, 1, 2, 4)
            .reshape(-1, c * patch * patch, h / patch, w / patch)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Puts channels back into patches of pixels: [N, p p C, H, W] into [N, C, p H, p W], what the layer was given.</summary>
    /// <param name="x">What the layer gave, or anything with as many channels a patch, such as the kernels of the convolution behind it.</param>
    /// <exception cref="TResNetException">The channels are no multiple of a patch's pixels.</exception>
    public Tensor Inverse(Tensor x)
    {
        var pixels = patch * patch;
        if (x.dim() != 4 || x.shape[1] % pixels != 0)
        {
            throw new TResNetException(
                $"Patches of {patch}x{patch} pixels are made of [N, C, H, W] with a multiple of {pixels} channels, and this is [{string.Join(", ", x.shape)}]: give what the layer gave."
            );
        }

        var (c, h, w) = (x.shape[1] / pixels, x.shape[2], x.shape[3]);
        using var scope = NewDisposeScope();
        return x.reshape(-1, patch, patch, c, h, w)
            .permute(0, 3, 4, 1, 5, 2)
            .reshape(-1, c, h * patch, w * patch)
            .MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        Check(x.Shape[2], x.Shape[3]);
        return graph.Add(new Graphs.SpaceToDepth(x, patch));
    }

    private void Check(long h, long w)
    {
        if (h % patch != 0 || w % patch != 0)
        {
            throw new TResNetException(
                $"The input is {h}x{w} pixels, and the SpaceToDepth stem takes sides that are multiples of {patch}: resize it to {Near(h)}x{Near(w)}."
            );
        }
    }

    private long Near(long side) => Math.Max(patch, (side + (patch / 2)) / patch * patch);
}
