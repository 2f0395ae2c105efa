using System.Diagnostics;
using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Profiling.Layers;

namespace TResNet.Benchmarks;

/// <summary>
/// What an image of a batch costs beside its decoding: a folder of photographs, cropped at random, mirrored and scaled by a loader, beside
/// libturbojpeg decoding the same files whole from memory on as many threads.
/// </summary>
internal static class ImageLoading
{
    private const int Files = 96;
    private const int Passes = 16;
    private const int BatchSize = 32;
    private const int Side = 224;

    // Gives files of a hundred thousand bytes, as ImageNet's are on average.
    private const int Quality = 95;

    // 0.8 times the rate of decoding alone.
    private const double RatioLimit = 1 / 0.8;

    public static Comparison Run(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("bench").FullName;
        try
        {
            var (files, bytes) = Write(folder);
            var (source, _) = ImageFolder.Load(folder, validation: folder);
            var data = new TransformedDataset(
                source,
                Side,
                new Compose(new RandomResizedCrop(Side), new RandomFlip(isVertical: false))
            );
            Decode(files);
            Load(data, epoch: 1);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var i = 0; i < rounds; i++)
            {
                ours.Add(Load(data, epoch: i + 2));
                theirs.Add(Decode(files));
            }

            return new Comparison(
                $"image files to batches of {BatchSize} x 3 x {Side} x {Side}, {Environment.ProcessorCount} threads ({bytes / Files / 1024} KiB, 500 x 375)",
                "us an image",
                ours,
                theirs,
                "libturbojpeg decoding alone",
                RatioLimit: RatioLimit
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Load(ImageDataset data, int epoch)
    {
        var watch = Stopwatch.StartNew();
        using var loader = new DataLoader(
            data,
            Enumerable.Range(0, Passes * data.Count).Select(i => i % data.Count).Chunk(BatchSize),
            epoch
        );
        var images = loader.Sum(batch => batch.Count);
        return watch.Elapsed.TotalMicroseconds / images;
    }

    private static double Decode(byte[][] files)
    {
        var next = -1;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return watch.Elapsed.TotalMicroseconds / (Passes * files.Length);

        void Work()
        {
            using var turbo = TurboJpeg.Create();
            var pixels = new byte[500 * 375 * 3];
            for (int i; (i = Interlocked.Increment(ref next)) < Passes * files.Length; )
            {
                turbo.Decompress(files[i % files.Length], pixels, 500, 375, TurboJpeg.PixelFormat.Rgb);
            }
        }
    }

    /// <summary>Coloured clouds of all sizes, as rich in detail as a sharp photograph.</summary>
    private static (byte[][] Files, int Bytes) Write(string folder)
    {
        var files = new byte[Files][];
        for (var file = 0; file < Files; file++)
        {
            files[file] = JpegEncoder.Encode(Clouds(file), Quality);
            var classFolder = Directory.CreateDirectory(Path.Combine(folder, file % 2 == 0 ? "even" : "odd")).FullName;
            File.WriteAllBytes(Path.Combine(classFolder, $"{file}.jpg"), files[file]);
        }

        return (files, files.Sum(file => file.Length));
    }

    private static RgbImage Clouds(int seed)
    {
        const int width = 500;
        const int height = 375;
        var random = new Random(seed);
        var sum = new float[width * height * 3];
        for (var (cells, strength) = (2, 60f); cells <= 512; (cells, strength) = (cells * 2, strength / 1.3f))
        {
            var small = new RgbImage(cells, cells, new byte[cells * cells * 3]);
            random.NextBytes(small.Pixels);
            // Colours differ less than brightness does.
            for (var at = 0; at < small.Pixels.Length; at += 3)
            {
                small.Pixels[at + 1] = (byte)((small.Pixels[at] * 3 + small.Pixels[at + 1]) / 4);
                small.Pixels[at + 2] = (byte)((small.Pixels[at] * 3 + small.Pixels[at + 2]) / 4);
            }

            var large = Resampler.Resize(small, width, height, Interpolation.Bicubic);
            for (var at = 0; at < sum.Length; at++)
            {
                sum[at] += (large.Pixels[at] - 128) / 128f * strength;
            }
        }

        return new RgbImage(width, height, [.. sum.Select(value => (byte)Math.Clamp(value + 128, 0, 255))]);
    }
}
