using TResNet.Data.Loading;
using TResNet.Data.Sources;

namespace TResNet.TestRanks;

/// <summary>Images of 3 x 8 x 8 values that follow from their number, of which some cannot be read.</summary>
internal sealed class TinyImages(int count, params int[] damaged) : ImageDataset
{
    public override string Name => "tiny";

    public override int Count => count;

    public override IReadOnlyList<string> Classes => Names;

    public string[] Names { get; init; } = ["a", "b", "c", "d"];

    public override int Channels => 3;

    public override int Height => 8;

    public override int Width => 8;

    public override SkippedImages? Skipped { get; } = new();

    public override ReadOnlySpan<int> LabelsOf(int index) => new[] { index % 4 };

    public override bool Read(int index, int? epoch, Span<float> values)
    {
        if (damaged.Contains(index))
        {
            Skipped!.Add(index, $"image {index} is damaged");
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(index * 0.7f + i * (0.05f + index % 4 * 0.03f)) * 0.5f + 0.5f;
        }

        return true;
    }
}
