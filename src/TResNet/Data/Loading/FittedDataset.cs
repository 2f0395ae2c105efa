// A data set seen through a network's input: other channels, another size.

using TResNet.Compute;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Data.Loading;

/// <summary>A view of another data set with the channels and the size that a network takes.</summary>
internal sealed class FittedDataset : ImageDataset
{
    // Above this a border would be more than decoration: a network would mostly look at black.
    private const double LargestBorder = 1.25;

    private readonly ImageDataset inner;
    private readonly bool border;

    public FittedDataset(ImageDataset inner, int channels, int height, int width)
    {
        if (height < 1 || width < 1)
        {
            throw new TResNetException(
                $"An image of {height} x {width} pixels has no area; choose sides of at least 1 pixel."
            );
        }

        if (channels != inner.Channels && channels != 1 && (inner.Channels != 1 || channels < 1))
        {
            throw new TResNetException(
                $"{inner.Name} has {inner.Channels} channels, from which {channels} cannot be made; create the network with inChans: {inner.Channels}."
            );
        }

        this.inner = inner;
        Channels = channels;
        Height = height;
        Width = width;
        border = Bordered(inner.Height, height) && Bordered(inner.Width, width);
    }

    public override string Name => inner.Name;

    public override int Count => inner.Count;

    public override IReadOnlyList<string> Classes => inner.Classes;

    public override int Channels { get; }

    public override int Height { get; }

    public override int Width { get; }

    public override bool IsMultiLabel => inner.IsMultiLabel;

    public override SkippedImages? Skipped => inner.Skipped;

    public override IReadOnlyList<string> Notes => inner.Notes;

    internal override Augmentations? Augmentations => inner.Augmentations;

    internal override DataConfig DataConfig(DataConfig others) => inner.DataConfig(others) with { InputSize = Height };

    internal override string NameOf(int index) => inner.NameOf(index);

    internal override void RequireImages() => inner.RequireImages();

    // The inner data set may make another size from the start, from files for example; else its images are resized once, not twice.
    internal override ImageDataset AtSize(int height)
    {
        var width = Math.Max(1, (int)Math.Round(height * (double)Width / Height));
        return inner.AtSize(height).FitTo(Channels, height, width);
    }

    public override ReadOnlySpan<int> LabelsOf(int index) => inner.LabelsOf(index);

    public override ReadOnlySpan<int> UnknownOf(int index) => inner.UnknownOf(index);

    public override bool HasUnknown => inner.HasUnknown;

    public override bool Read(int index, int? epoch, Span<float> values)
    {
        using var scope = NewDisposeScope();
        var image = empty([1, inner.Channels, inner.Height, inner.Width], ScalarType.Float32);
        if (!inner.Read(index, epoch, TensorMemory.Floats(image)))
        {
            return false;
        }

        TensorMemory.Floats(FitOwn(image)).CopyTo(values);
        return true;
    }

    internal override ImageDataset Rows => inner.Rows;

    internal override Tensor Fit(Tensor images)
    {
        using var scope = NewDisposeScope();
        return FitOwn(inner.Fit(images)).MoveToOuterDisposeScope();
    }

    private Tensor FitOwn(Tensor images) => WithChannels(Sized(images)).contiguous();

    private static bool Bordered(int from, int to) => to >= from && to <= from * LargestBorder;

    private Tensor Sized(Tensor images)
    {
        var (rows, columns) = (Height - inner.Height, Width - inner.Width);
        if ((rows, columns) == (0, 0))
        {
            return images;
        }

        return border
            ? functional.pad(images, [columns / 2, columns - columns / 2, rows / 2, rows - rows / 2])
            : functional.interpolate(images, [Height, Width], mode: InterpolationMode.Bilinear, align_corners: false);
    }

    private Tensor WithChannels(Tensor images) =>
        Channels == inner.Channels ? images
        : Channels == 1 ? images.mean([1], keepdim: true)
        : images.expand(images.shape[0], Channels, Height, Width);
}
