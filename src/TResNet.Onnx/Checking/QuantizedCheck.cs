using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>How far a quantised file's results are from its network's, on images.</summary>
/// <param name="Version">ONNX Runtime's.</param>
/// <param name="Images">How many were compared.</param>
/// <param name="Agreement">The share of them for which both have the same first class; null where there are no classes.</param>
/// <param name="Relative">The largest difference, as a part of the largest result.</param>
internal sealed record QuantizedCheck(string Version, int Images, double? Agreement, double Relative)
{
    // A percent is more than two images.
    private const int MostImages = 256;

    /// <summary>Compares; null where ONNX Runtime is not at hand.</summary>
    /// <param name="model">The network; one for feature maps is in evaluation mode afterwards.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it was written.</param>
    /// <param name="data">Images that the network was not calibrated on, as it takes them.</param>
    /// <exception cref="TResNetException">ONNX Runtime does not take the file, or no image can be read.</exception>
    public static QuantizedCheck? Of(nn.Module model, string path, OnnxOptions options, ImageDataset data)
    {
        if (OnnxRuntimeLibrary.Find() is not { } library)
        {
            return null;
        }

        using var _ = no_grad();
        using var session = library.Open(path);
        var image = ExportedImage.Of(model, options);
        CalibrationBatches.Require(model.GetName(), data, image, options);
        var device = model.parameters().FirstOrDefault()?.device ?? CPU;
        int? fixedSize = options.BatchSize == OnnxOptions.Dynamic ? null : options.BatchSize;
        var together = CalibrationBatches.Together(model, data, image, fixedSize);
        var (images, same, largest, hasClasses) = (0, 0L, 0.0, true);
        foreach (var indices in CalibrationBatches.Of(data.Count, MostImages, together))
        {
            using var scope = NewDisposeScope();
            var read = data.GetBatch(indices).Images;
            if (read.shape[0] == 0)
            {
                continue;
            }

            var batch = Whole(read, options.BatchSize);
            var given = options.InputScale is { } white ? Unscaled(batch, image, white) : batch;
            var results = library.Run(session, "images", given.contiguous().data<float>().ToArray(), batch.shape);
            var wanted = OnnxCheck.Expected(model, batch.to(device), options);
            largest = wanted
                .Zip(results)
                .Aggregate(largest, (most, pair) => Math.Max(most, OnnxCheck.Difference(pair.First, pair.Second)));
            hasClasses &= wanted is [{ Dimensions: 2 }];
            images += (int)read.shape[0];
            if (hasClasses)
            {
                var first = wanted[0].cpu().argmax(1).eq(tensor(results[0], wanted[0].shape).argmax(1));
                same += first[..(int)read.shape[0]].sum().item<long>();
            }
        }

        return images > 0
            ? new QuantizedCheck(library.Version, images, hasClasses ? (double)same / images : null, largest)
            : throw new TResNetException(
                $"None of the images of {data.Name} to compare on can be read: choose others."
            );
    }

    // A file for a fixed number of images takes no fewer.
    private static Tensor Whole(Tensor images, int count)
    {
        var missing = count - images.shape[0];
        return count == OnnxOptions.Dynamic || missing <= 0
            ? images
            : cat([images, images[^1..].expand([missing, .. images.shape.Skip(1)])]);
    }

    private static Tensor Unscaled(Tensor images, ExportedImage image, double white)
    {
        var (scale, shift) = image.Scaling(white);
        return (images - tensor(shift).view(1, -1, 1, 1)) / tensor(scale).view(1, -1, 1, 1);
    }
}
