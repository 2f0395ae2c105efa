// Random flips and shifts ("random crop with padding": K. He et al., arXiv 1512.03385, section 4.2), drawn on the host so that one seed gives
// the same images everywhere.

using TResNet.Data.Transforms;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Data;

/// <summary>Mirrors and shifts each image of a batch at random.</summary>
/// <param name="flip">Whether half of the images are mirrored left to right.</param>
/// <param name="shift">The largest shift in pixels, each way; what comes in is black.</param>
/// <param name="seed">Decides, with epoch and image, what is drawn.</param>
internal sealed class Augmentation(bool flip, int shift, long seed)
{
    private const ulong Purpose = 2;

    /// <summary>Changes a batch.</summary>
    /// <param name="images">Images <c>[N, C, H, W]</c>.</param>
    /// <param name="indices">Which images they are.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>Images of the same shape; the same tensor where there is nothing to do.</returns>
    public Tensor Apply(Tensor images, IReadOnlyList<int> indices, int epoch)
    {
        if (!flip && shift == 0)
        {
            return images;
        }

        using var scope = NewDisposeScope();
        var (count, channels, height, width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        var (rows, columns) = (new long[count * height], new long[count * width]);
        for (var image = 0; image < count; image++)
        {
            var random = SplitMix64.For(seed, epoch, Purpose, indices[image]);
            var mirrored = flip && random.Next(2) == 1;
            var (down, right) = (random.Next(2 * shift + 1), random.Next(2 * shift + 1));
            for (var row = 0; row < height; row++)
            {
                rows[image * height + row] = row + down;
            }

            for (var column = 0; column < width; column++)
            {
                columns[image * width + column] = (mirrored ? width - 1 - column : column) + right;
            }
        }

        var padded = functional.pad(images, [shift, shift, shift, shift]);
        var fromRows = tensor(rows, [count, 1, height, 1])
            .to(images.device)
            .expand(count, channels, height, width + 2 * shift);
        var fromColumns = tensor(columns, [count, 1, 1, width])
            .to(images.device)
            .expand(count, channels, height, width);
        return padded.gather(2, fromRows).gather(3, fromColumns).MoveToOuterDisposeScope();
    }
}
