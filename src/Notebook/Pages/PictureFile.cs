using Notebook.Outputs;

namespace Notebook.Pages;

/// <summary>Pictures that lie beside a notebook.</summary>
internal static class PictureFile
{
    /// <summary>Bytes of a picture that a page takes in; of a larger one it has the link.</summary>
    private const long Largest = 64 << 20;

    // More links within links than this is a circle; Linux says so from 40 on.
    private const int MostLinks = 40;

    /// <summary>A picture as an address that holds it.</summary>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="file">Where it lies from there, or from the root.</param>
    /// <param name="isBelow">Whether it has to lie in that folder or below, behind links too: what somebody else wrote may name any file of its reader.</param>
    /// <returns>Null where it is not there, or is no picture, no ordinary file or too large a one.</returns>
    public static string? Address(string folder, string file, bool isBelow)
    {
        if (TypeOf(file) is not { } type || file.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var real = Real(Path.Combine(folder, file), MostLinks);
            if (isBelow && !real.StartsWith(WithSeparator(Real(folder, MostLinks)), StringComparison.Ordinal))
            {
                return null;
            }

            // A pipe, which would wait for somebody to write, and a device, which may never end, have no length.
            return new FileInfo(real) is { Exists: true, Length: > 0 and <= Largest }
                ? $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(real))}"
                : null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? TypeOf(string file) =>
        Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".gif" => "image/gif",
            ".svg" => MimeTypes.Svg,
            ".webp" => "image/webp",
            _ => null,
        };

    private static string WithSeparator(string folder) =>
        Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;

    /// <summary>A path without links in any of its parts.</summary>
    /// <exception cref="IOException">It does not exist, or its links lead in a circle.</exception>
    private static string Real(string path, int links)
    {
        if (links == 0)
        {
            throw new IOException($"{path} is behind too many links.");
        }

        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).ResolveLinkTarget(returnFinalTarget: false) is { } target)
            {
                real = Real(target.FullName, links - 1);
            }
        }

        return real;
    }
}
