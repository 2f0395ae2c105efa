namespace TResNet.Data.Sources;

/// <summary>Which files of a folder are taken for images: those that are named like images. What they are, their bytes say.</summary>
internal static class ImageFileNames
{
    private static readonly string[] Read =
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".apng",
        ".webp",
        ".gif",
        ".bmp",
        ".dib",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
    ];

    // Those that are not decoded here are skipped by name when they are read, not overlooked.
    private static readonly string[] Refused =
    [
        ".avif",
        ".heic",
        ".heif",
        ".jxl",
        ".jp2",
        ".j2k",
        ".svg",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".dng",
        ".raf",
        ".orf",
        ".rw2",
        ".psd",
    ];

    private static readonly HashSet<string> All = new([.. Read, .. Refused], StringComparer.OrdinalIgnoreCase);

    /// <summary>How files are named whose format is read.</summary>
    public static IReadOnlyList<string> Endings => Read;

    /// <summary>The files in and below a folder that are named like images: those of a folder before those of the folders in it, each in ordinal order.</summary>
    /// <param name="folder">The folder. Hidden files are passed over, and no folder is listed twice, whatever links lead to it.</param>
    /// <exception cref="IOException">A folder cannot be listed.</exception>
    public static IEnumerable<string> Below(string folder) => FolderTree.ImagesBelow(folder);

    /// <summary>Whether a file is named like an image, and is not what macOS leaves beside one (<c>._1.jpg</c>).</summary>
    /// <param name="path">The file.</param>
    public static bool Has(string path) =>
        All.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith("._", StringComparison.Ordinal);
}
