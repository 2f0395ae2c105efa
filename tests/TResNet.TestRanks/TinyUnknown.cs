using TResNet.Data.Loading;
using TResNet.Data.Sources;

namespace TResNet.TestRanks;

/// <summary>The same images with several labels each, of some of which nothing is known.</summary>
internal sealed class TinyUnknown(TinyImages images, params int[] unknown) : ImageDataset
{
    private static readonly int[] All = [0, 1, 2, 3];

    public override string Name => "tiny labels";

    public override int Count => images.Count;

    public override IReadOnlyList<string> Classes => images.Classes;

    public override int Channels => images.Channels;

    public override int Height => images.Height;

    public override int Width => images.Width;

    public override bool IsMultiLabel => true;

    public override bool HasUnknown => unknown.Length > 0;

    public override SkippedImages? Skipped => images.Skipped;

    public override ReadOnlySpan<int> LabelsOf(int index) => unknown.Contains(index) ? [] : images.LabelsOf(index);

    // One class of every third image, and all of some.
    public override ReadOnlySpan<int> UnknownOf(int index) =>
        unknown.Contains(index) ? All
        : HasUnknown && index % 3 == 0 ? new[] { (index + 1) % 4 }
        : [];

    public override bool Read(int index, int? epoch, Span<float> values) => images.Read(index, epoch, values);
}
