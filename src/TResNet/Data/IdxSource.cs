using TResNet.Data.Images;
using TResNet.Data.Sources;

namespace TResNet.Data;

/// <summary>The images of a pair of IDX files: grey, with the same value in all three channels.</summary>
internal sealed class IdxSource(IdxDataset data, SourceOptions? options) : ImageSource(options)
{
    private readonly int[][] _labels = FileListSource.One(
        Enumerable.Range(0, data.Count).Select(index => (int)data.Label(index))
    );

    public override string Name => data.Name;

    public override int Count => data.Count;

    public override IReadOnlyList<string> Classes => data.Classes;

    public override (int Width, int Height)? Size => (data.Width, data.Height);

    public override ReadOnlySpan<int> LabelsOf(int index) => _labels[InRange(index)];

    internal override SourceImage Open(int index, FileMemory? memory)
    {
        var image = RgbImage.Uninitialized(data.Width, data.Height);
        var to = 0;
        foreach (var grey in data.Pixels(InRange(index)))
        {
            image.Pixels.AsSpan(to, RgbImage.Channels).Fill(grey);
            to += RgbImage.Channels;
        }

        return SourceImage.Of(image, $"image {index} of {Name}");
    }
}
