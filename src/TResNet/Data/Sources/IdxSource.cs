// A pair of IDX files, images and labels, as MNIST and its relatives come.

using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Grey images and labels held in memory as bytes, with the same value in all three channels: 0 black, 255 white.</summary>
internal sealed class IdxSource : ImageSource
{
    private readonly IdxFile images;
    private readonly int[] chosen;
    private readonly int[][] labels;

    private IdxSource(
        string name,
        IReadOnlyList<string> classes,
        IdxFile images,
        IdxFile labels,
        int[] chosen,
        SourceOptions? options
    )
        : base(options)
    {
        (Name, Classes, this.images, this.chosen) = (name, classes, images, chosen);
        this.labels = FileListSource.One(chosen.Select(position => (int)labels.Data.Span[position]));
    }

    public override string Name { get; }

    public override int Count => chosen.Length;

    public override IReadOnlyList<string> Classes { get; }

    public override (int Width, int Height)? Size => (images.Shape[2], images.Shape[1]);

    public override bool IsGrey => true;

    /// <summary>Reads both files and checks that they belong together.</summary>
    /// <param name="name">The name of the data set with its split.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="imagesPath">An IDX file of three dimensions: images, height, width.</param>
    /// <param name="labelsPath">An IDX file of one dimension, as many labels as images.</param>
    /// <param name="choose">Which images are in the split, from all labels in file order.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    public static IdxSource Read(
        string name,
        IReadOnlyList<string> classes,
        string imagesPath,
        string labelsPath,
        Func<ReadOnlyMemory<byte>, int[]> choose,
        SourceOptions? options = null
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
            ? new IdxSource(name, classes, images, labels, choose(labels.Data), options)
            : throw new TResNetException(
                $"{labelsPath} gives image {highest} the label {labels.Data.Span[highest]}, but the labels of {name} are 0 to {classes.Count - 1}; "
                    + "use the files of that data set."
            );
    }

    public override ReadOnlySpan<int> LabelsOf(int index) => labels[InRange(index)];

    /// <summary>The pixels of one image, row by row.</summary>
    internal ReadOnlySpan<byte> Pixels(int index)
    {
        var size = images.Shape[1] * images.Shape[2];
        return images.Data.Span.Slice(chosen[InRange(index)] * size, size);
    }

    internal override SourceImage Open(int index, FileMemory? memory)
    {
        var image = RgbImage.Uninitialized(images.Shape[2], images.Shape[1]);
        var grey = Pixels(index);
        var pixels = image.Pixels;
        for (int from = 0, to = 0; from < grey.Length; from++, to += RgbImage.Channels)
        {
            (pixels[to], pixels[to + 1], pixels[to + 2]) = (grey[from], grey[from], grey[from]);
        }

        return SourceImage.Of(image, $"image {index} of {Name}");
    }
}
