// PyTorch's WeightedRandomSampler with replacement, each image weighing one over the images of its class: a class is drawn, all alike, then one of its images.

using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>
/// As many images of a data set as it has, drawn for one epoch so that all classes are there alike often. One that is drawn again is changed at random
/// anew: it is read as of an epoch after all others.
/// </summary>
internal sealed class BalancedDraws : ImageDataset
{
    private const ulong Purpose = 6;

    // More than a run has epochs.
    private const int EpochsBetween = 1 << 15;

    private readonly ImageDataset inner;
    private readonly (int Index, int Times)[] draws;

    private BalancedDraws(ImageDataset inner, (int Index, int Times)[] draws) =>
        (this.inner, this.draws) = (inner, draws);

    /// <summary>Draws the images of an epoch.</summary>
    /// <param name="data">Images with one label each; classes without images are passed over.</param>
    /// <param name="seed">With the epoch, decides what is drawn.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public static BalancedDraws Of(ImageDataset data, long seed, int epoch)
    {
        var classes = Enumerable
            .Range(0, data.Count)
            .GroupBy(index => data.LabelsOf(index)[0])
            .OrderBy(group => group.Key)
            .Select(group => group.ToArray())
            .ToArray();
        var random = SplitMix64.For(seed, epoch, Purpose);
        var times = new int[data.Count];
        var draws = new (int, int)[data.Count];
        for (var i = 0; i < draws.Length; i++)
        {
            var ofClass = classes[random.Next(classes.Length)];
            var index = ofClass[random.Next(ofClass.Length)];
            draws[i] = (index, times[index]++);
        }

        return new BalancedDraws(data, draws);
    }

    /// <summary>Refuses images of several labels, which no draw balances.</summary>
    /// <exception cref="TResNetException">They may have several.</exception>
    public static void Require(ImageDataset data)
    {
        if (data.IsMultiLabel)
        {
            throw new TResNetException(
                $"The images of {data.Name} may have several labels, and drawing them cannot balance these: take class weights with binary cross entropy (--loss bce --class-weights balanced)."
            );
        }

        if (data.Augmentations?.AugRepeats > 1)
        {
            throw new TResNetException(
                $"A balanced sampler draws images again by itself, so repeating each {data.Augmentations.AugRepeats} times (--aug-repeats) has no place beside it: leave out one of the two."
            );
        }
    }

    public override string Name => inner.Name;

    public override int Count => draws.Length;

    public override IReadOnlyList<string> Classes => inner.Classes;

    public override int Channels => inner.Channels;

    public override int Height => inner.Height;

    public override int Width => inner.Width;

    public override bool IsMultiLabel => inner.IsMultiLabel;

    public override SkippedImages? Skipped => inner.Skipped;

    public override IReadOnlyList<string> Notes => inner.Notes;

    internal override Augmentations? Augmentations => inner.Augmentations;

    internal override ImageDataset Rows =>
        ReferenceEquals(inner.Rows, inner) ? this : new BalancedDraws(inner.Rows, draws);

    internal override bool IsQuick => inner.IsQuick;

    internal override bool Mixes => inner.Mixes;

    public override ReadOnlySpan<int> LabelsOf(int index) => inner.LabelsOf(draws[index].Index);

    public override bool Read(int index, int? epoch, Span<float> values)
    {
        var (image, times) = draws[index];
        return inner.Read(image, epoch is { } number ? unchecked(number + times * EpochsBetween) : null, values);
    }

    internal override string NameOf(int index) => inner.NameOf(draws[index].Index);

    internal override ImageDataset AtSize(int height) => new BalancedDraws(inner.AtSize(height), draws);

    internal override void RequireImages() => inner.RequireImages();

    internal override void Mix(Span<float> images, Span<float> shares, ReadOnlySpan<int> indices, int epoch, int first)
    {
        var ofImages = new int[indices.Length];
        for (var i = 0; i < ofImages.Length; i++)
        {
            ofImages[i] = draws[indices[i]].Index;
        }

        inner.Mix(images, shares, ofImages, epoch, first);
    }

    internal override Tensor Fit(Tensor images) => inner.Fit(images);
}
