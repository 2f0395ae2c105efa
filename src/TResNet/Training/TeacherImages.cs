using TResNet.Building;
using TResNet.Data.Loading;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Training;

/// <summary>
/// The images of a training as another network wants them: <c>(value std + mean - its mean) / its std</c>, as timm does it, and beyond timm its size and
/// channels.
/// </summary>
internal sealed class TeacherImages : IDisposable
{
    private readonly int size;
    private readonly int channels;
    private readonly bool isSame;
    private readonly Tensor factor;
    private readonly Tensor offset;
    private readonly Tensor mean;
    private readonly Tensor std;

    /// <param name="teacher">The network that is to see them.</param>
    /// <param name="train">The images; where it does not say what became of their pixels, they are what both networks want.</param>
    /// <param name="device">Where they are.</param>
    public TeacherImages(Network teacher, ImageDataset train, Device device)
    {
        (size, channels) = (teacher.DataConfig.InputSize, teacher.InChans);
        var (from, to) = (train.DataConfig(teacher.DataConfig).Normalize, teacher.DataConfig.Normalize);
        isSame = channels == train.Channels && (from.Equals(to) || channels is not (1 or 3));
        Shape = [channels, size, Math.Max(1, (int)Math.Round(size * (double)train.Width / train.Height))];

        // A grey image is the average of its colours after these were normalised.
        var (factors, offsets) =
            train.Channels == 1
                ? (
                    (double[])[1 / from.Std.Average(std => 1 / std)],
                    (double[])
                        [
                            from.Mean.Zip(from.Std, (mean, std) => mean / std).Average()
                                / from.Std.Average(std => 1 / std),
                        ]
                )
                : ([.. from.Std], [.. from.Mean]);
        (factor, offset) = (Colours(factors, device), Colours(offsets, device));
        (mean, std) = (Colours([.. to.Mean], device), Colours([.. to.Std], device));
    }

    /// <summary>Channels, height and width of what it makes.</summary>
    public long[] Shape { get; }

    /// <summary>A batch as the other network wants it; the same tensor where that is so already.</summary>
    public Tensor Of(Tensor batch)
    {
        using var scope = NewDisposeScope();
        var images = isSame ? batch : WithItsColours(batch.to(ScalarType.Float32));
        var result = Sized(images);
        // Who made the batch disposes it.
        return ReferenceEquals(result, batch) ? batch : result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var each in new[] { factor, offset, mean, std })
        {
            each.Dispose();
        }
    }

    private static Tensor Colours(double[] values, Device device) =>
        tensor(Array.ConvertAll(values, value => (float)value), [1, values.Length, 1, 1], device: device)
            .DetachFromDisposeScope();

    private Tensor WithItsColours(Tensor images)
    {
        var colours = (images * factor + offset - mean) / std;
        return channels == 1 ? colours.mean([1], keepdim: true) : colours;
    }

    // Smaller ones are averages over areas, so that no line is lost between two pixels.
    private Tensor Sized(Tensor images)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        return (height, width) == (Shape[1], Shape[2]) ? images
            : height > Shape[1] ? functional.interpolate(images, [Shape[1], Shape[2]], mode: InterpolationMode.Area)
            : functional.interpolate(
                images,
                [Shape[1], Shape[2]],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            );
    }
}
