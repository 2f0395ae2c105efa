// A folder of photographs is read faster as one file of smaller ones: fewer bytes, no search on the disk for each, and less to decode.

using System.Runtime.ExceptionServices;
using TResNet.Data.Images;
using TResNet.Data.Transforms;

namespace TResNet.Data.Sources;

/// <summary>How images are packed.</summary>
internal sealed record PackOptions
{
    /// <summary>The shorter side in pixels to which larger images are resized, 1 to 16,384. The default, 256, suits a network's input of 224.</summary>
    public int Size { get; init; } = 256;

    /// <summary>JPEG's quality, 1 to 100.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>Makes sure that all values are in range.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="TResNetException">One is not.</exception>
    public PackOptions Validate() =>
        Size is < 1 or > 16384
            ? throw new TResNetException(
                $"The size is {Size}, but it has to be from 1 to 16384 pixels; choose another."
            )
        : Quality is < 1 or > 100
            ? throw new TResNetException($"The quality is {Quality}, but it has to be from 1 to 100; choose another.")
        : this;
}

/// <summary>How far packing has come.</summary>
/// <param name="Done">Images looked at.</param>
/// <param name="Total">All images.</param>
internal sealed record PackProgress(int Done, int Total);

/// <summary>Labelled images in one file, with the split that they had.</summary>
internal static class PackedImages
{
    // What is encoded before it is written: enough to keep every core busy, little enough to hold in memory.
    private const int AtOnce = 128;

    /// <summary>Opens a pack.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">The file cannot be read, is damaged, or libturbojpeg is missing.</exception>
    public static (ImageSource Train, ImageSource Validation) Load(string path, SourceOptions? options = null)
    {
        ImageCodec.Jpeg.Require();
        var index = PackFile.Read(path);
        return (
            new PackedSource(path, $"{index.Name} (train)", index, index.Train, options),
            new PackedSource(path, $"{index.Name} (held out)", index, index.Validation, options)
        );
    }

    /// <summary>The images of a pack for the end; null where it has none.</summary>
    /// <exception cref="TResNetException">As of <see cref="Load"/>.</exception>
    public static ImageSource? LoadTest(string path, SourceOptions? options)
    {
        ImageCodec.Jpeg.Require();
        var index = PackFile.Read(path);
        return index.Test.Length == 0
            ? null
            : new PackedSource(path, $"{index.Name} (test)", index, index.Test, options);
    }

    /// <summary>Packs images as JPEG, upright, the shorter side at most as long as asked for. Those that cannot be read are left out and named.</summary>
    /// <param name="train">The images to train on.</param>
    /// <param name="validation">The images to test on.</param>
    /// <param name="path">
    /// The file to write; it is there only when it is whole. Until then there is one that ends in <c>.partial</c>, which the next packing of the same
    /// images goes on with, whatever stopped this one.
    /// </param>
    /// <param name="options">How to pack; null for the defaults.</param>
    /// <param name="progress">Told after every hundred images or so.</param>
    /// <param name="cancel">Stops between two hundred images or so.</param>
    /// <param name="test">The images for the end; null for none.</param>
    /// <returns>How many images the file holds.</returns>
    /// <exception cref="TResNetException">An option is out of range, the file cannot be written, or not one image to train on can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static int Pack(
        ImageSource train,
        ImageSource validation,
        string path,
        PackOptions? options = null,
        IProgress<PackProgress>? progress = null,
        CancellationToken cancel = default,
        ImageSource? test = null
    )
    {
        options = (options ?? new PackOptions()).Validate();
        ImageCodec.Jpeg.Require();
        var (done, packed) = (0, 0);
        PackWriter.Use(
            path,
            writer =>
            {
                ImageSource[] parts = test is null ? [train, validation] : [train, validation, test];
                var before = writer.Resume(
                    string.Join(
                        '\n',
                        [$"{options}", .. parts.Select(part => $"{part.Name}\t{part.Count}"), .. train.Classes]
                    ),
                    parts.SelectMany(part => Enumerable.Range(0, part.Count).Select(part.IdentityOf))
                );
                var images = Part(train, writer, before.Take(train.Count));
                if (images.Length == 0)
                {
                    throw new TResNetException(
                        train.Count == 0
                            ? $"{train.Name} has no images; name a folder or a list that has."
                            : $"Not one of the {train.Count:N0} images of {train.Name} can be read; of the first: {train.Skipped.ToList()[0].Reason}"
                    );
                }

                writer.Finish(
                    new PackIndex(
                        train.Name.Replace(" (train)", "", StringComparison.Ordinal),
                        [.. train.Classes],
                        train.IsMultiLabel,
                        images,
                        Part(validation, writer, before.Skip(train.Count).Take(validation.Count)),
                        test is null ? [] : Part(test, writer, before.Skip(train.Count + validation.Count))
                    )
                );
            }
        );
        return packed;

        PackedImage[] Part(ImageSource source, PackWriter writer, IEnumerable<PackRecord> before)
        {
            var records = before.ToList();
            // Those that could not be read are named again.
            foreach (var unreadable in Enumerable.Range(0, records.Count).Where(i => !records[i].IsReadable))
            {
                _ = source.Read(unreadable, image => image.Decode());
            }

            Report(records.Count);
            foreach (var indices in Enumerable.Range(0, source.Count).Skip(records.Count).Chunk(AtOnce))
            {
                var encoded = new Encoded?[indices.Length];
                try
                {
                    Parallel.For(
                        0,
                        indices.Length,
                        new ParallelOptions { CancellationToken = cancel },
                        i => encoded[i] = source.Read(indices[i], image => Encode(image, options))
                    );
                }
                catch (AggregateException several)
                {
                    ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
                }

                records.AddRange(
                    indices.Zip(
                        encoded,
                        (index, image) => writer.Append(source.IdentityOf(index), image?.Name ?? "", image?.Bytes)
                    )
                );
                Report(indices.Length);
            }

            PackedImage[] images =
            [
                .. records.SelectMany(
                    (record, i) =>
                        record.IsReadable
                            ? (PackedImage[])
                                [
                                    new(
                                        record.Name,
                                        record.Offset,
                                        record.Length,
                                        record.Hash,
                                        source.LabelsOf(i).ToArray(),
                                        source.UnknownOf(i).ToArray()
                                    ),
                                ]
                            : []
                ),
            ];
            packed += images.Length;
            return images;
        }

        void Report(int more)
        {
            done += more;
            if (more > 0)
            {
                progress?.Report(new PackProgress(done, train.Count + validation.Count + (test?.Count ?? 0)));
            }
        }
    }

    private static Encoded Encode(SourceImage image, PackOptions options)
    {
        var shorter = Math.Min(image.Width, image.Height);
        var pixels = image.Decode();
        if (shorter > options.Size)
        {
            pixels = new Resize(options.Size, Interpolation.Bicubic).Apply(pixels);
        }

        return new Encoded(image.Name, JpegEncoder.Encode(pixels, options.Quality));
    }

    private sealed record Encoded(string Name, byte[] Bytes);
}
