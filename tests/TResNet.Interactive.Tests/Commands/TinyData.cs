using System.Buffers.Binary;
using System.IO.Compression;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>A data set that is there in no time.</summary>
internal static class TinyData
{
    /// <summary>Four classes that differ by where the image is bright, as MNIST's four files.</summary>
    public static void Write(string folder, int images)
    {
        foreach (var part in new[] { "train", "t10k" })
        {
            var labels = Enumerable.Range(0, images).Select(i => (byte)(i % 4)).ToArray();
            var pixels = labels
                .SelectMany(label => Enumerable.Range(0, 28 * 28).Select(at => (byte)(at / 196 == label ? 200 : 10)))
                .ToArray();
            WriteFile(folder, $"{part}-labels-idx1-ubyte", labels, images);
            WriteFile(folder, $"{part}-images-idx3-ubyte.gz", pixels, images, 28, 28);
        }
    }

    private static void WriteFile(string folder, string name, byte[] data, params int[] shape)
    {
        var header = new byte[4 + 4 * shape.Length];
        (header[2], header[3]) = (8, (byte)shape.Length);
        for (var i = 0; i < shape.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), shape[i]);
        }

        using Stream file = File.Create(Path.Combine(folder, name));
        using var target = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionLevel.Fastest)
            : file;
        target.Write([.. header, .. data]);
    }
}
