using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Files;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive.Predict;

/// <summary>Images beside themselves with what speaks for their likeliest class marked: Grad-CAM.</summary>
internal static class Explanations
{
    private const int MostShown = 24;
    private const int ShownSide = 160;
    private const int AtATime = 32;

    // Marked so much at its strongest, so that the image is still seen.
    private const double Strongest = 0.65;

    /// <summary>The pictures of the first images, with classes and probabilities.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seen">What it said of the images.</param>
    /// <param name="config">How images are prepared.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    public static View Of(Network network, Predictions seen, DataConfig config, CancellationToken cancel)
    {
        ImagePrediction[] shown = [.. seen.Images.Take(MostShown)];
        using var scope = NewDisposeScope();
        var pictures = Draw(network, [.. shown.Select(image => image.File)], config, cancel);
        var more = seen.Images.Count - shown.Length;
        return new View
        {
            Title = "What speaks for the likeliest class",
            Subtitle = "Grad-CAM, red to yellow where it speaks most",
            Parts =
            [
                new ImageGrid(
                    Small(pictures),
                    [
                        .. shown.Select(image =>
                            $"{image.Name}\n{image.Top[0].Class} {DisplayText.Percent(image.Top[0].Probability)}"
                        ),
                    ]
                ),
                .. more > 0
                    ?
                    [
                        $"These are the first {MostShown} of {seen.Images.Count:N0} images: --explain-to FOLDER writes all.",
                    ]
                    : (string[])[],
            ],
        };
    }

    /// <summary>Writes a picture of each image.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="network">The network.</param>
    /// <param name="seen">What it said of the images.</param>
    /// <param name="config">How images are prepared.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Write(
        string folder,
        Network network,
        Predictions seen,
        DataConfig config,
        CancellationToken cancel
    )
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var files in seen.Images.Select(image => image.File).Chunk(AtATime))
        {
            using var scope = NewDisposeScope();
            var drawn = new ImageGrid(Draw(network, files, config, cancel), []).Png;
            foreach (var (file, picture) in files.Zip(drawn))
            {
                var target = ClassFolders.Free(folder, Path.GetFileNameWithoutExtension(file) + ".png", taken);
                AtomicFile.Write(target, (Stream stream) => stream.Write(picture));
            }
        }
    }

    // The image at the left, the marked one at the right.
    private static Tensor Draw(
        Network network,
        IReadOnlyList<string> files,
        DataConfig config,
        CancellationToken cancel
    )
    {
        var images = Predictor.Crops(files, config);
        var map = Predictor.GradCam(network, files, config, cancel).unsqueeze(1);
        var heat = cat([ones_like(map), map.square(), zeros_like(map)], dim: 1);
        var share = map * Strongest;
        return cat([images, images * (1 - share) + heat * share], dim: 3);
    }

    private static Tensor Small(Tensor pictures)
    {
        var (height, width) = (pictures.shape[2], pictures.shape[3]);
        return height <= ShownSide
            ? pictures
            : nn.functional.adaptive_avg_pool2d(pictures, [ShownSide, width * ShownSide / height]);
    }
}
