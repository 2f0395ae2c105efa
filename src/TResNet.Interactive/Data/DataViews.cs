using TResNet.Data.Loading;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive.Data;

/// <summary>A data set in one line, with one of its first images for each class.</summary>
internal static class DataViews
{
    private const int LookedAt = 200;
    private const int MostShown = 12;

    public static View Of(ImageDataset data) =>
        new()
        {
            Title = data.Name,
            Subtitle =
                $"{data.Count:N0} images, {data.Channels} × {data.Height} × {data.Width}, {data.Classes.Count} classes: {string.Join(", ", data.Classes)}",
            Parts = data.Count > 0 && data.Channels is 1 or 3 ? [Samples(data)] : [],
        };

    private static ImageGrid Samples(ImageDataset data)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = data.GetBatch([.. Enumerable.Range(0, Math.Min(LookedAt, data.Count))]);
        var label = labels.data<long>().ToArray();
        var chosen = Enumerable
            .Range(0, label.Length)
            .DistinctBy(i => label[i])
            .OrderBy(i => label[i])
            .Take(MostShown)
            .ToArray();
        var picked = images.index_select(0, tensor(Array.ConvertAll(chosen, i => (long)i)));
        return new ImageGrid(picked, [.. chosen.Select(i => data.Classes[(int)label[i]])]);
    }
}
