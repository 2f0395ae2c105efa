using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive.Data;

/// <summary>Some images as the first epoch of a training sees them, with their labels: fastai's <c>show_batch</c>.</summary>
internal static class BatchPictures
{
    private const int MostShown = 8;
    private const int MostTried = 200;
    private const int LargestSide = 96;

    /// <summary>One image of each class, and more of them where there are few classes.</summary>
    /// <param name="train">The images to train on, as the network takes them.</param>
    /// <param name="normalize">What was taken from their colours, which is given back.</param>
    /// <returns>Null where the images have no colours that can be shown, or none of them can be read.</returns>
    public static ImageGrid? Of(ImageDataset train, Normalize normalize)
    {
        if (train.Channels is not (1 or 3))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var pictures = new List<Tensor>();
        var captions = new List<string>();
        foreach (var index in Chosen(train))
        {
            var (images, labels) = train.GetTrainingBatch([index], epoch: 1);
            if (images.shape[0] == 1)
            {
                pictures.Add(AsColours(images, normalize));
                captions.Add(string.Join(", ", train.LabelsOf(index).ToArray().Select(label => train.Classes[label])));
            }
        }

        return pictures.Count == 0 ? null : new ImageGrid(Small(cat(pictures)), captions);
    }

    private static Tensor Small(Tensor images)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        var share = Math.Min(1, LargestSide / (double)Math.Max(height, width));
        return share == 1
            ? images
            : nn.functional.adaptive_avg_pool2d(
                images,
                [Math.Max(1, (long)(height * share)), Math.Max(1, (long)(width * share))]
            );
    }

    // Lists are often sorted by class, so places are taken from all over.
    private static int[] Chosen(ImageDataset train)
    {
        var tried = Math.Min(MostTried, train.Count);
        return
        [
            .. Enumerable
                .Range(0, tried)
                .Select(i => (int)((long)i * train.Count / tried))
                .GroupBy(index => train.LabelsOf(index) is [var first, ..] ? first : -1)
                .SelectMany(each => each.Select((index, place) => (index, place, label: each.Key)))
                .OrderBy(each => each.place)
                .ThenBy(each => each.label)
                .Take(MostShown)
                .OrderBy(each => each.label)
                .Select(each => each.index),
        ];
    }

    private static Tensor AsColours(Tensor images, Normalize normalize)
    {
        if (images.shape[1] == 1)
        {
            return images * normalize.Std.Average() + normalize.Mean.Average();
        }

        var std = tensor(normalize.Std.ToArray(), ScalarType.Float32).view(1, 3, 1, 1);
        var mean = tensor(normalize.Mean.ToArray(), ScalarType.Float32).view(1, 3, 1, 1);
        return images * std + mean;
    }
}
