using TResNet.Building;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>How far a file's results are from its network's, on noise.</summary>
/// <param name="Version">ONNX Runtime's.</param>
/// <param name="Relative">The largest difference, as a part of the largest result.</param>
/// <param name="Batches">What was compared: the shapes of the images.</param>
internal sealed record OnnxCheck(string Version, double Relative, IReadOnlyList<string> Batches)
{
    // Two numbers of images and two sizes, where any go; the sizes are multiples of all that a network asks for.
    private const int OtherBatch = 3;
    private const int FurtherPixels = 64;

    /// <summary>Refuses images that there is no room for, before a file is written.</summary>
    /// <exception cref="TResNetException">There is none.</exception>
    public static void RequireRoom(nn.Module model, OnnxOptions options) =>
        ImageMemory.Require(
            model,
            ExportedImage.Of(model, options),
            options.BatchSize == OnnxOptions.Dynamic ? OtherBatch : options.BatchSize
        );

    /// <summary>Compares; null where ONNX Runtime is not at hand.</summary>
    /// <param name="model">The network; one for feature maps is in evaluation mode afterwards.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it was written.</param>
    /// <exception cref="TResNetException">ONNX Runtime does not take the file.</exception>
    public static OnnxCheck? Of(nn.Module model, string path, OnnxOptions options)
    {
        if (OnnxRuntimeLibrary.Find() is not { } library)
        {
            return null;
        }

        using var _ = no_grad();
        using var session = library.Open(path);
        var image = ExportedImage.Of(model, options);
        var device = model.parameters().FirstOrDefault()?.device ?? CPU;
        var largest = 0.0;
        var batches = new List<string>();
        foreach (var further in new[] { 0, 1 })
        {
            using var scope = NewDisposeScope();
            long[] shape =
            [
                options.BatchSize != OnnxOptions.Dynamic ? options.BatchSize
                : further == 0 ? 1
                : OtherBatch,
                image.Channels,
                Side(options.Height, image.Height, further),
                Side(options.Width, image.Width, further),
            ];
            var noise = rand(shape, generator: new Generator((ulong)shape[0]));
            var given = options.InputScale is { } white ? noise * white : noise;
            var results = library.Run(session, "images", given.contiguous().data<float>().ToArray(), shape);
            var wanted = Expected(model, Prepared(noise, image, options).to(device), options);
            largest = wanted
                .Zip(results)
                .Aggregate(largest, (most, pair) => Math.Max(most, Difference(pair.First, pair.Second)));
            batches.Add(string.Join(" x ", shape));
        }

        return new OnnxCheck(library.Version, largest, [.. batches.Distinct()]);
    }

    private static long Side(int? wanted, int made, int further) =>
        wanted == OnnxOptions.Dynamic ? made + (further * FurtherPixels) : made;

    private static Tensor Prepared(Tensor noise, ExportedImage image, OnnxOptions options)
    {
        if (options.InputScale is null)
        {
            return noise;
        }

        var (scale, shift) = image.Scaling(1);
        return noise * tensor(scale).view(1, -1, 1, 1) + tensor(shift).view(1, -1, 1, 1);
    }

    /// <summary>What a file has to give.</summary>
    public static Tensor[] Expected(nn.Module model, Tensor images, OnnxOptions options)
    {
        if (model is nn.Module<Tensor, Tensor[]> many)
        {
            many.eval();
            return many.call(images);
        }

        var logits = Opaque.Evaluate((nn.Module<Tensor, Tensor>)model, images);
        return
        [
            !options.Softmax ? logits
            : model is Network network ? network.ToProbabilities(logits)
            : logits.softmax(1),
        ];
    }

    /// <summary>The largest difference, as a part of the largest number; infinite where there is one that is not finite.</summary>
    public static double Difference(Tensor wanted, float[] given)
    {
        var values = wanted.cpu().contiguous().data<float>().ToArray();
        if (given.Length != values.Length || !Array.TrueForAll(given, float.IsFinite))
        {
            return double.PositiveInfinity; // what is no number is in no maximum
        }

        var most = values.Max(Math.Abs);
        return values.Zip(given, (a, b) => Math.Abs((double)a - b)).Max() / Math.Max(most, float.Epsilon);
    }
}
