using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>CIFAR's records in memory.</summary>
internal sealed class CifarSource : ImageSource
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int Pixels = RgbImage.Channels * Plane;

    private readonly (string Path, byte[] Records)[] files;
    private readonly (int File, int Start)[] images;
    private readonly int[][] labels;

    /// <param name="name">What the source is called.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="files">The files, each with its content.</param>
    /// <param name="labelBytes">Bytes before the pixels; the last of them is the label.</param>
    /// <param name="options">How to read.</param>
    /// <exception cref="TResNetException">A file is not made of whole records, or a label is not of these classes.</exception>
    public CifarSource(
        string name,
        IReadOnlyList<string> classes,
        (string Path, byte[] Records)[] files,
        int labelBytes,
        SourceOptions? options
    )
        : base(options)
    {
        (Name, Classes, this.files) = (name, classes, files);
        var record = labelBytes + Pixels;
        var (images, labels) = (new List<(int, int)>(), new List<int>());
        for (var file = 0; file < files.Length; file++)
        {
            var (path, records) = files[file];
            if (records.Length == 0 || records.Length % record != 0)
            {
                throw new TResNetException(
                    $"{path} has {records.Length:N0} bytes, which is not a whole number of {record:N0}-byte images; copy or download it again."
                );
            }

            for (var start = 0; start < records.Length; start += record)
            {
                var label = records[start + labelBytes - 1];
                if (label >= classes.Count)
                {
                    throw new TResNetException(
                        $"{path} gives image {start / record} the label {label}, but the labels are 0 to {classes.Count - 1}; copy or download it again."
                    );
                }

                images.Add((file, start + labelBytes));
                labels.Add(label);
            }
        }

        (this.images, this.labels) = ([.. images], FileListSource.One(labels));
    }

    public override string Name { get; }

    public override int Count => images.Length;

    public override IReadOnlyList<string> Classes { get; }

    public override (int Width, int Height)? Size => (Side, Side);

    public override ReadOnlySpan<int> LabelsOf(int index) => labels[InRange(index)];

    internal override SourceImage Open(int index, FileMemory? memory)
    {
        var (file, start) = images[InRange(index)];
        var planes = files[file].Records.AsSpan(start, Pixels);
        var image = RgbImage.Uninitialized(Side, Side);
        for (var pixel = 0; pixel < Plane; pixel++)
        {
            for (var channel = 0; channel < RgbImage.Channels; channel++)
            {
                image.Pixels[pixel * RgbImage.Channels + channel] = planes[channel * Plane + pixel];
            }
        }

        return SourceImage.Of(image, $"image {index} of {Name}");
    }
}
