namespace TResNet.Checkpoints.Names;

/// <summary>A convolution of an inverted residual block with the normalisation behind it.</summary>
internal enum InvertedPart
{
    /// <summary>The pointwise one that widens; a block without it is depthwise separable.</summary>
    Expand,

    /// <summary>The depthwise one.</summary>
    Depthwise,

    /// <summary>The pointwise one that narrows.</summary>
    Project,
}

/// <summary>timm's names within blocks of mobile networks (timm/models/_efficientnet_blocks.py).</summary>
internal static class InvertedBlock
{
    /// <summary>The name of a convolution or of its normalisation, within its block.</summary>
    /// <param name="expands">Whether the block widens.</param>
    /// <param name="part">Which convolution.</param>
    /// <param name="isNorm">Its normalisation in its place.</param>
    internal static string Name(bool expands, InvertedPart part, bool isNorm) =>
        (expands, part) switch
        {
            (true, InvertedPart.Expand) => isNorm ? "bn1" : "conv_pw",
            (true, InvertedPart.Depthwise) => isNorm ? "bn2" : "conv_dw",
            (true, InvertedPart.Project) => isNorm ? "bn3" : "conv_pwl",
            (false, InvertedPart.Depthwise) => isNorm ? "bn1" : "conv_dw",
            _ => isNorm ? "bn2" : "conv_pw",
        };

    /// <summary>
    /// The stage and the place in it of blocks that a library numbers through: a stage ends where the width changes, as in every table of
    /// these papers.
    /// </summary>
    /// <param name="widths">Channels that leave each block, in order.</param>
    internal static IReadOnlyList<(int Stage, int Block)> Places(IEnumerable<long> widths)
    {
        var places = new List<(int Stage, int Block)>();
        var before = -1L;
        foreach (var width in widths)
        {
            places.Add(
                places.Count == 0 ? (0, 0)
                : width == before ? (places[^1].Stage, places[^1].Block + 1)
                : (places[^1].Stage + 1, 0)
            );
            before = width;
        }

        return places;
    }
}
