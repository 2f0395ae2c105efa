// Small images first, large ones at the end: most of what a network learns early does not need the pixels, and a step costs their square
// (fast.ai's DAWNBench entries, 2018; M. Tan, Q. Le, arXiv 2104.00298, section 4).
using TResNet.Building;
using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>The training images of each epoch, in the size that it sees them in.</summary>
/// <param name="options">The recipe.</param>
/// <param name="model">Says what the sides have to be a multiple of.</param>
/// <param name="train">The images in full size.</param>
internal sealed class ProgressiveResizing(TrainingOptions options, nn.Module model, ImageDataset train)
{
    private const double FullFrom = 0.75;
    private const int LargeStep = 32;
    private const int SmallStep = 4;

    /// <summary>The images as an epoch sees them.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public ImageDataset At(int epoch) => SideAt(epoch) is var side && side == train.Height ? train : train.AtSize(side);

    /// <summary>The height of the images in an epoch, in pixels.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public int SideAt(int epoch)
    {
        var full = Math.Max(1, (int)Math.Ceiling(FullFrom * options.Epochs));
        if (epoch >= full || options.FirstSize == 1)
        {
            return train.Height;
        }

        var share = options.FirstSize + (1 - options.FirstSize) * (epoch - 1) / (full - 1);
        var step = Step;
        var side = Math.Max(step, (int)Math.Round(share * train.Height / step) * step);
        return Math.Min(side, train.Height);
    }

    // Sizes that the network takes, and few different ones: each costs libtorch some preparation.
    private int Step
    {
        get
        {
            var coarse = train.Height >= 4 * LargeStep ? LargeStep : SmallStep;
            var multiple = (model as Network)?.Info.Multiple ?? 1;
            return (coarse + multiple - 1) / multiple * multiple;
        }
    }
}
