// What a DataLoader loads: PyTorch's Dataset. It says what images and labels there are and writes one image at a time; batches are the loader's.

using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>Labelled images as values of one size, addressed by index. Reading is safe from several threads.</summary>
/// <remarks><see cref="TransformedDataset"/> makes one of an <see cref="ImageSource"/>; derive from this class for values of another kind.</remarks>
public abstract class ImageDataset
{
    /// <summary>What the data set is called in tables and charts, with its split: <c>Fashion-MNIST (held out)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of images, those included that turn out to be damaged.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Channels of an image: 1 for grey, 3 for red, green and blue.</summary>
    public abstract int Channels { get; }

    /// <summary>Height of an image in pixels.</summary>
    public abstract int Height { get; }

    /// <summary>Width of an image in pixels.</summary>
    public abstract int Width { get; }

    /// <summary>
    /// Whether an image may have several classes: labels of batches are then shares <c>[N, classes]</c>, float32, and not numbers; NaN where nobody knows
    /// whether an image has a class (<see cref="UnknownOf"/>), which stays so when it is mixed.
    /// </summary>
    public virtual bool IsMultiLabel => false;

    /// <summary>The labels of an image, known without reading it: ascending, each once; exactly one unless <see cref="IsMultiLabel"/>.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this data set.</exception>
    public abstract ReadOnlySpan<int> LabelsOf(int index);

    /// <summary>The labels of which nobody knows whether an image has them: ascending, none of them among <see cref="LabelsOf"/>.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this data set.</exception>
    public virtual ReadOnlySpan<int> UnknownOf(int index) => [];

    /// <summary>Whether there are such labels at all.</summary>
    public virtual bool HasUnknown => false;

    /// <summary>
    /// Writes an image as evaluation sees it, or as training sees it in an epoch: what is changed at random then depends on the epoch, the image and
    /// a seed alone, so that a resumed run sees the same.
    /// </summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="epoch">The epoch of training, from 1; null for evaluation.</param>
    /// <param name="values">To be filled: <c>[Channels, Height, Width]</c>, from 0 (black) to 1 (white) unless the data set normalises them.</param>
    /// <returns>False where the image cannot be read and is to be left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this data set.</exception>
    public abstract bool Read(int index, int? epoch, Span<float> values);

    /// <summary>Writes an image as training sees it where it may come several times in an epoch.</summary>
    /// <param name="index">Which image.</param>
    /// <param name="draw">What random changes are drawn from in the place of the index: it differs each time.</param>
    /// <param name="epoch">The epoch of training, from 1; null for evaluation.</param>
    /// <param name="values">To be filled.</param>
    internal virtual bool ReadDrawn(int index, int draw, int? epoch, Span<float> values) => Read(index, epoch, values);

    /// <summary>The images that could not be read so far; null where all are in memory.</summary>
    public virtual SkippedImages? Skipped => null;

    /// <summary>What is to be said of images that were read so far (<see cref="ImageSource.Notes"/>), a sentence each.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>What an image is called: its path, where it is a file of its own, or its number.</summary>
    internal virtual string NameOf(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How the images are changed at random for training; null where they are not.</summary>
    internal virtual Augmentations? Augmentations => null;

    /// <summary>What evaluation makes of an image here.</summary>
    /// <param name="others">Says what is not known here.</param>
    internal virtual DataConfig DataConfig(DataConfig others) => others with { InputSize = Height };

    /// <summary>What is read image by image: this data set, or the one whose batches it makes fit.</summary>
    internal virtual ImageDataset Rows => this;

    /// <summary>Whether reading an image takes no longer than handing it to a thread would, so that one thread reads a whole batch.</summary>
    internal virtual bool IsQuick => false;

    /// <summary>Whether training mixes the images of a batch, whose labels then are shares.</summary>
    internal virtual bool Mixes => false;

    /// <summary>A batch as evaluation sees it.</summary>
    /// <param name="indices">Which images, each from 0 to <see cref="Count"/> - 1; at least one.</param>
    /// <returns>
    /// Images <c>[N, C, H, W]</c>, float32, and labels <c>[N]</c>, int64, or shares <c>[N, classes]</c>, float32; both on the CPU, the caller's own,
    /// and without those that cannot be read.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is not of this data set.</exception>
    /// <exception cref="TResNetException">An image cannot be read, and the source is strict.</exception>
    public (Tensor Images, Tensor Labels) GetBatch(ReadOnlySpan<int> indices) => Make(indices, epoch: null);

    /// <summary>A batch as training sees it in an epoch: the same as <see cref="GetBatch"/> unless images are changed at random.</summary>
    /// <param name="indices">Which images; at least one.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>
    /// Images and labels as <see cref="GetBatch"/> gives them; labels are shares <c>[N, classes]</c>, float32, where images are mixed.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is not of this data set.</exception>
    /// <exception cref="TResNetException">An image cannot be read, and the source is strict.</exception>
    public (Tensor Images, Tensor Labels) GetTrainingBatch(ReadOnlySpan<int> indices, int epoch) =>
        Make(indices, epoch);

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

    /// <summary>The same images in another height, with the same proportions.</summary>
    /// <param name="height">In pixels.</param>
    internal virtual ImageDataset AtSize(int height) =>
        FitTo(Channels, height, Math.Max(1, (int)Math.Round(height * (double)Width / Height)));

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

    /// <summary>Mixes the images of a batch of training in place, and does what comes after that.</summary>
    /// <param name="images">Values as <see cref="Read"/> wrote them, image by image.</param>
    /// <param name="shares">Labels <c>[N, classes]</c>.</param>
    /// <param name="indices">Which images they are.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="first">The first image that was asked for.</param>
    internal virtual void Mix(
        Span<float> images,
        Span<float> shares,
        ReadOnlySpan<int> indices,
        int epoch,
        int first
    ) { }

    /// <summary>A batch of <see cref="Rows"/> as a batch of this data set.</summary>
    /// <returns>The same tensor, or a new one.</returns>
    internal virtual Tensor Fit(Tensor images) => images;

    private (Tensor Images, Tensor Labels) Make(ReadOnlySpan<int> indices, int? epoch)
    {
        using var pending = new PendingBatch(this, indices.ToArray(), epoch);
        var batch = pending.Make();
        return (batch.Images, batch.Labels);
    }
}
