// A pair of IDX files, images and labels, as MNIST and its relatives come.

using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Data;

/// <summary>Grey images and labels held in memory as bytes: one byte a pixel, 0 black, 255 white.</summary>
internal sealed class IdxDataset : ImageDataset
{
    private readonly IdxFile _images;
    private readonly IdxFile _labels;
    private readonly int[] _chosen;

    private IdxDataset(string name, IReadOnlyList<string> classes, IdxFile images, IdxFile labels, int[] chosen)
    {
        Name = name;
        Classes = classes;
        _images = images;
        _labels = labels;
        _chosen = chosen;
    }

    public override string Name { get; }

    public override int Count => _chosen.Length;

    public override IReadOnlyList<string> Classes { get; }

    // Kept for good: a scalar that only a call mentions may be collected, and its memory freed, before libtorch has read it.
    private static readonly Scalar Most = 255f;

    public override int Channels => 1;

    public override int Height => _images.Shape[1];

    public override int Width => _images.Shape[2];

    public override (Tensor Images, Tensor Labels) GetBatch(ReadOnlySpan<int> indices)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
        var size = Height * Width;
        var pixels = new byte[indices.Length * size];
        var labels = new long[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            Pixels(indices[i]).CopyTo(pixels.AsSpan(i * size));
            labels[i] = Label(indices[i]);
        }

        using var bytes = tensor(pixels, [indices.Length, 1, Height, Width]);
        var images = bytes.to(ScalarType.Float32);
        images.div_(Most);
        return (images, tensor(labels));
    }

    /// <summary>Reads both files and checks that they belong together.</summary>
    /// <param name="name">The name of the data set with its split.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="imagesPath">An IDX file of three dimensions: images, height, width.</param>
    /// <param name="labelsPath">An IDX file of one dimension, as many labels as images.</param>
    /// <param name="choose">Which images are in the split, from all labels in file order.</param>
    public static IdxDataset Read(
        string name,
        IReadOnlyList<string> classes,
        string imagesPath,
        string labelsPath,
        Func<ReadOnlyMemory<byte>, int[]> choose
    )
    {
        var labels = IdxFile.Read(labelsPath, rank: 1);
        var images = IdxFile.Read(imagesPath, rank: 3);
        if (images.Shape[0] != labels.Shape[0])
        {
            throw new TResNetException(
                $"{imagesPath} holds {images.Shape[0]:N0} images but {labelsPath} holds {labels.Shape[0]:N0} labels; use two files of one data set."
            );
        }

        var highest = labels.Data.Span.IndexOfAnyInRange((byte)classes.Count, byte.MaxValue);
        return highest < 0
            ? new IdxDataset(name, classes, images, labels, choose(labels.Data))
            : throw new TResNetException(
                $"{labelsPath} gives image {highest} the label {labels.Data.Span[highest]}, but the labels of {name} are 0 to {classes.Count - 1}; "
                    + "use the files of that data set."
            );
    }

    /// <summary>The pixels of one image, row by row.</summary>
    internal ReadOnlySpan<byte> Pixels(int index) =>
        _images.Data.Span.Slice(FilePosition(index) * Height * Width, Height * Width);

    /// <summary>The label of one image.</summary>
    internal byte Label(int index) => _labels.Data.Span[FilePosition(index)];

    private int FilePosition(int index) =>
        (uint)index < (uint)_chosen.Length
            ? _chosen[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has {Count} images.");
}
