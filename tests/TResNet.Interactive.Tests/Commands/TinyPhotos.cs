using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Pictures that differ by how bright they are.</summary>
internal static class TinyPhotos
{
    /// <summary>Writes <c>0.png</c>, <c>1.png</c> and so on, of 40 x 36 pixels.</summary>
    public static void Write(string folder, int count, int brightness)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(brightness);
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[40 * 36 * 3];
            for (var p = 0; p < pixels.Length; p++)
            {
                pixels[p] = (byte)(brightness + random.Next(20));
            }

            File.WriteAllBytes(Path.Combine(folder, $"{i}.png"), PngEncoder.Encode(pixels, 40, 36, 3));
        }
    }
}
