using System.Globalization;
using System.Text;
using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

/// <summary>The files of <c>fixtures/images</c>.</summary>
internal static class ImageFixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "images");

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    private static readonly string[] Formats = [".jpg", ".png", ".webp", ".gif", ".bmp", ".tif", ".pgm", ".pbm"];

    /// <summary>All images but the references.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .EnumerateFiles(Folder)
            .Select(file => Path.GetFileName(file))
            .Where(name => Formats.Contains(Path.GetExtension(name)))
            .Order();

    /// <summary>What PIL decodes a file to: the PPM beside it.</summary>
    public static RgbImage Reference(string name)
    {
        var ppm = Bytes($"{name}.ppm");
        // "P6\n23 17\n255\n" and the pixels.
        var header = Encoding.ASCII.GetString(ppm[..20]).Split('\n');
        var sides = header[1].Split(' ').Select(side => int.Parse(side, CultureInfo.InvariantCulture)).ToArray();
        return new RgbImage(sides[0], sides[1], ppm[(header[0].Length + header[1].Length + header[2].Length + 3)..]);
    }

    /// <summary>The largest difference of a channel of a pixel between two images of one size.</summary>
    public static int LargestDifference(RgbImage one, RgbImage other)
    {
        Assert.Equal((one.Width, one.Height), (other.Width, other.Height));
        return one.Pixels.Zip(other.Pixels, (a, b) => Math.Abs(a - b)).Max();
    }
}
