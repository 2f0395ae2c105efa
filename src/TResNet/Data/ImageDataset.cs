// What a trainer may ask of labelled images; where they come from is the data set's own affair.

using TResNet.Data.Sources;
using static TorchSharp.torch;

namespace TResNet.Data;

/// <summary>Labelled images of one size, addressed by index. Reading is safe from several threads.</summary>
public abstract class ImageDataset
{
    /// <summary>What the data set is called in tables and charts, with its split: <c>Fashion-MNIST (held out)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of images.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Channels of an image: 1 for grey, 3 for red, green and blue.</summary>
    public abstract int Channels { get; }

    /// <summary>Height of an image in pixels.</summary>
    public abstract int Height { get; }

    /// <summary>Width of an image in pixels.</summary>
    public abstract int Width { get; }

    /// <summary>Copies images into a batch of the caller's own.</summary>
    /// <param name="indices">Which images, each from 0 to <see cref="Count"/> - 1; at least one.</param>
    /// <returns>
    /// Images <c>[N, C, H, W]</c>, float32 from 0 (black) to 1 (white) unless the data set normalises them, and labels <c>[N]</c>, int64, both on the CPU.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is not of this data set.</exception>
    public abstract (Tensor Images, Tensor Labels) GetBatch(ReadOnlySpan<int> indices);

    /// <summary>Whether an image may have several classes: labels are then shares <c>[N, classes]</c>, float32, and not numbers.</summary>
    public virtual bool IsMultiLabel => false;

    /// <summary>
    /// Images as training sees them in an epoch: the same as <see cref="GetBatch"/> unless the data set changes its images at random, which then
    /// depends on the epoch, the image and a seed alone, so that a resumed run sees the same ones.
    /// </summary>
    /// <param name="indices">Which images; at least one.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>
    /// Images and labels as <see cref="GetBatch"/> gives them; fewer where some cannot be read, and labels as shares <c>[N, classes]</c>, float32,
    /// where images are mixed.
    /// </returns>
    public virtual (Tensor Images, Tensor Labels) GetTrainingBatch(ReadOnlySpan<int> indices, int epoch) =>
        GetBatch(indices);

    /// <summary>The images that could not be read so far; null where all are in memory.</summary>
    public virtual SkippedImages? Skipped => null;

    /// <summary>What is to be said of images that were read so far (<see cref="ImageSource.Notes"/>), a sentence each.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>How the images are changed at random for training; null where they are not.</summary>
    internal virtual Augmentations? Augmentations => null;

    /// <summary>Makes sure that there is an image, and one that can be read, before anything is computed.</summary>
    /// <exception cref="TResNetException">There is none.</exception>
    internal virtual void RequireImages()
    {
        if (Count == 0)
        {
            throw new TResNetException(
                $"{Name} has no images; add some, or name a folder or a list that has (validation images can be named apart)."
            );
        }
    }

    /// <summary>The same images in another height, with the same proportions.</summary>
    /// <param name="height">In pixels.</param>
    internal virtual ImageDataset AtSize(int height) =>
        FitTo(Channels, height, Math.Max(1, (int)Math.Round(height * (double)Width / Height)));

    /// <summary>A batch still to be made, in parts.</summary>
    /// <param name="indices">Which images; at least one.</param>
    /// <param name="epoch">The epoch of training, from 1; null for evaluation.</param>
    /// <param name="memory">Where large tensors come from, and go back to with the batch; null for fresh ones.</param>
    internal virtual BatchWork Begin(int[] indices, int? epoch, BatchMemory? memory = null) =>
        new WholeBatch(() =>
        {
            var (images, labels) = epoch is { } number ? GetTrainingBatch(indices, number) : GetBatch(indices);
            return new ImageBatch(images, labels, indices);
        });

    /// <summary>
    /// This data set as a network takes it: grey repeated over the channels, or colours averaged to grey; a size up to a quarter larger gets a
    /// black border (28 to 32 pixels), any other is resized bilinearly.
    /// </summary>
    /// <param name="channels">Channels that the network takes: 1 or 3, or as many as there are already.</param>
    /// <param name="height">Height in pixels; at least 1.</param>
    /// <param name="width">Width in pixels; at least 1.</param>
    /// <returns>A view, or this data set where nothing changes.</returns>
    /// <exception cref="TResNetException">The channels cannot be made from those there are, or a side is below 1.</exception>
    public ImageDataset FitTo(int channels, int height, int width) =>
        (channels, height, width) == (Channels, Height, Width)
            ? this
            : new FittedDataset(this, channels, height, width);
}
